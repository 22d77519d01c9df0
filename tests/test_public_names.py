"""What `import lindyn` gives, what it costs, and its version."""

import subprocess
import sys
import tomllib
from pathlib import Path

import lindyn

ROOT = Path(__file__).parents[1]

# The public names that stay, as far as they exist.
PROMISED = """
    UniformSphere UniformBall Gaussian RadialLaw SphericalFlow RankOneFlow gradient_flow
    gradient_descent induced_flow margin_flow margin_flow_balanced max_margin separable GrowingBall
    balanced imbalance end_to_end alignment layer_gradients
    ShapeError
    WhitenedSquare LeastSquares SphericalLogistic Separable
""".split()
SLOW = {"matplotlib", "sympy", "IPython", "ipywidgets", "anywidget", "flint", "tqdm", "yaml"}
SLOW |= {"scipy.integrate", "scipy.optimize", "scipy.interpolate"}


def test_promised_names_are_there_and_all_names_exist():
    assert set(PROMISED) <= set(lindyn.__all__)
    assert all(hasattr(lindyn, name) for name in lindyn.__all__)
    assert list(lindyn.__all__) == sorted(lindyn.__all__)


def test_every_public_name_has_a_docstring():
    for name in lindyn.__all__:
        assert (getattr(lindyn, name).__doc__ or "").strip(), name


def test_version_is_the_one_of_the_distribution():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert lindyn.__version__ == project["version"]


def test_import_leaves_slow_libraries_alone():
    code = "import sys, lindyn; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not SLOW & set(run.stdout.split())
