"""Who arrives when: times over the torus of the angles of u and v, and the papers' sets on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D

from lindyn._cache import cached
from lindyn.figures.eft.stable_set import SIGMA, directions
from lindyn.figures.picture import Arrays, Picture, assemble
from lindyn.figures.style import BLUE, DASHED, DOTTED, GREEN, INK, ORANGE, PINK, dress, keys, label
from lindyn.figures.synthesis.arrival import arrival
from lindyn.natural import RankOneFlow
from lindyn.sweeps import sweep

DEPTH = 3
SIDE = 2.0 * np.arange(180) - 180.0  # degrees, for u
OTHER = SIDE + 1.0  # and for v: sums and differences keep 1° from the bad set
ROWS = 6
NATURAL = np.linspace(0.0, 24.0, 241)
TIMES = (0.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 16.0)
LEFT = np.concatenate([np.geomspace(1.0, 0.5, 20), np.geomspace(0.5, 3e-3, 81)[1:], [0.0]])
SETS = {"nalpha": "N_α, some α", "gb": "G_b, some b", "rb": "R_b, some b", "all": "all starts"}


def torus_block(angles: Sequence[float]) -> Arrays:
    """Times from starts of size σ₁ with u at these angles and v at all.

    Returns
    -------
    dict
        ``time`` to within 1 % of Z₁, ``first`` = a₁b₁ and ``pull`` = uᵀZv at the start, shapes
        (angles, all angles).
    """
    u = directions(np.repeat(np.asarray(angles, dtype=float), OTHER.size))
    v = directions(np.tile(OTHER, len(angles)))
    flow = RankOneFlow(np.diag(SIGMA), u=u, v=v, s=SIGMA[0], depth=DEPTH)
    found = {
        "time": arrival(flow, SIGMA, NATURAL)["time"],
        "first": u[:, 0] * v[:, 0],
        "pull": (u * v) @ np.array(SIGMA),
    }
    return {name: values.reshape(len(angles), -1) for name, values in found.items()}


@cached
def compute_torus() -> Arrays:
    """Times over the torus and within the papers' sets.

    Returns
    -------
    dict
        ``time``, shape (u, v), at every second angle; ``later_SET``: times after which the parts
        ``LEFT`` of the starts in a set have not arrived; ``share_SET``: its part of the torus,
        ``rate_SET``: rate at which what has not arrived falls from 10 % to 1 %.

    Statements
    ----------
    ``clz-thm-3-1-i``, ``clz-def-rb``, ``clz-def-gb``, ``clz-def-nalpha``
    """
    rows = [tuple(some) for some in SIDE.reshape(-1, ROWS).tolist()]
    found = sweep(torus_block, {"angles": rows}, progress=False)
    time, first, pull = (found[name].ravel() for name in ("time", "first", "pull"))
    # All starts have s = σ₁, so that only the overlaps decide.
    inside = {
        "nalpha": first > SIGMA[1] / SIGMA[0],
        "gb": first > 0,
        "rb": pull > 0,
        "all": np.ones(first.shape, dtype=bool),
    }
    arrays = {"time": time.reshape(SIDE.size, -1)[::2, ::2]}
    for name, chosen in inside.items():
        arrays[f"later_{name}"] = np.quantile(time[chosen], 1 - LEFT)
        arrays[f"share_{name}"] = np.array(chosen.mean())
        late = np.quantile(time[chosen], (0.9, 0.99))
        arrays[f"rate_{name}"] = np.array(np.log(10) / (late[1] - late[0]))
    return arrays


def draw_torus(axes: Axes, data: Arrays) -> None:
    """Times over the torus, and the sets."""
    dress(axes, f"N = {DEPTH}: time until 1 %", "angle of u from u₁ in degrees", aspect="equal")
    axes.set(xlim=(-180, 180), ylim=(-180, 180))
    axes.set(xticks=[-180, -90, 0, 90, 180], yticks=[-180, -90, 0, 90, 180])
    axes.set_ylabel("angle of v from v₁", labelpad=0)
    bands = [to_rgba(BLUE, x) for x in np.linspace(0.03, 0.85, len(TIMES) - 1)]
    time = np.minimum(data["time"].T, TIMES[-1])
    axes.contourf(SIDE[::2], OTHER[::2], time, TIMES, colors=bands)
    turned = np.radians(np.linspace(-180.0, 180.0, 61))
    first = np.outer(np.cos(turned), np.cos(turned))
    pull = SIGMA[0] * first + SIGMA[1] * np.outer(np.sin(turned), np.sin(turned))
    for values, level, colour, dashes in (
        (first, SIGMA[1] / SIGMA[0], ORANGE, "solid"),
        (first, 0.0, GREEN, DASHED),
        (pull, 0.0, PINK, DOTTED),
    ):
        degrees, look = np.degrees(turned), {"colors": [colour], "linestyles": [dashes]}
        axes.contour(degrees, degrees, values, [level], linewidths=2.0, **look)
    looks = zip(list(SETS.values())[:3], (ORANGE, GREEN, PINK), ("-", DASHED, DOTTED), strict=True)
    keys(
        axes,
        [Line2D([], [], color=c, linestyle=d, linewidth=2, label=name) for name, c, d in looks],
    )


def draw_arrived(axes: Axes, data: Arrays) -> None:
    """Part of the starts of each set that has arrived, against time."""
    dress(axes, "part that has not arrived", "time t", yscale="log")
    axes.set(xlim=(4, 22), ylim=(3e-3, 1.3), yticks=[0.01, 0.1, 1])
    axes.set_yticklabels(["1 %", "10 %", "100 %"])
    axes.minorticks_off()
    colours = {"nalpha": ORANGE, "gb": GREEN, "rb": PINK, "all": INK}
    dashes = {"nalpha": "-", "gb": DASHED, "rb": DOTTED, "all": "-"}
    for number, (name, words) in enumerate(SETS.items()):
        axes.plot(data[f"later_{name}"], LEFT, color=colours[name], linestyle=dashes[name])
        label(axes, words, (12.5, 1.0 / 1.6**number), colours[name], va="top")


def _words(data: Arrays) -> tuple[str, str]:
    parts = {name: f"{100 * float(data[f'share_{name}']):.0f} %" for name in SETS}
    middle = {name: data[f"later_{name}"][np.argmin(np.abs(LEFT - 0.5))] for name in SETS}
    worst = {name: data[f"later_{name}"][-1] for name in SETS}
    return (
        f"Time until the distance to Z₁ is 1 % over the torus of the angles of u and v, for N = "
        f"{DEPTH}, singular values {SIGMA[0]:g} and {SIGMA[1]:g} and starts of size {SIGMA[0]:g}. "
        f"It is least, {data['time'].min():.2g}, round the centre and the corners, and forms two "
        "crossing ridges along the lines where the sum a₁ + b₁ vanishes, at most "
        f"{worst['all']:.3g} on this grid. Borders of the sets: N_α covers {parts['nalpha']} of "
        f"the torus, G_b {parts['gb']}, R_b {parts['rb']}; R_b alone is crossed by a ridge.",
        "Part of the starts that has not arrived, logarithmic, against time: half of all have "
        f"arrived at {middle['all']:.2f}, of those in N_α at {middle['nalpha']:.2f}, in G_b at "
        f"{middle['gb']:.2f}, in R_b at {middle['rb']:.2f}; the last come at {worst['all']:.1f}, "
        f"{worst['nalpha']:.1f}, {worst['gb']:.1f} and {worst['rb']:.1f}. N_α ends; the tails of "
        f"R_b and G_b are exponential, from 10 % to 1 % at the rates {data['rate_rb']:.2f} and "
        f"{data['rate_gb']:.2f}; that of all starts bends up, it is a power of time.",
    )


def phase_torus() -> Picture:
    """Times over the torus, and who has arrived."""
    data = compute_torus()
    picture = assemble("own-phase-torus", data, (draw_torus, draw_arrived), _words(data))
    return Picture(picture.id, picture.panels, columns=2, panel_size=(3.7, 3.7))


FIGURES: dict[str, Callable[[], Picture]] = {"own-phase-torus": phase_torus}
