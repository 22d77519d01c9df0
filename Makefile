# The two commands of the README are `make book` and `make test`.  Everything is installed into
# .venv, from requirements.lock; a Python of 3.11 or later, its venv module and make are all it takes.

SHELL := bash
.SHELLFLAGS := -o pipefail -c

VENV := .venv
READY := $(VENV)/.ready
RUN := $(VENV)/bin/python
# Another interpreter: make book PYTHON=python3.12
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

export LINDYN_CACHE := $(CURDIR)/.lindyn-cache
export OMP_NUM_THREADS ?= 1

.PHONY: help book test lab lock clean

help:
	@echo "make book   build the book (strict: every warning is an error) into _build/html"
	@echo "            SOLUTIONS=off leaves the solutions of the exercises out, for a class"
	@echo "make test   run every check; STAGES=\"lint unit\" runs some of them"
	@echo "make lab    open the notebooks in JupyterLab"
	@echo "make lock   resolve requirements.lock anew from pyproject.toml (needs uv)"
	@echo "make clean  remove what was built and cached (not .venv)"

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { \
	  echo "lindyn needs Python 3.11 or later; found: $$(python3 --version 2>/dev/null || echo none)."; \
	  echo "Install one, or name it: make book PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "lindyn needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments: its venv module is missing."; \
	  echo "On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "== Making $(VENV) with $$($(PYTHON) --version) (once; about a minute)"
	@test -x $(RUN) || "$(PYTHON)" -m venv $(VENV)
	@$(RUN) -m pip install --disable-pip-version-check -r requirements.lock \
	  | sed -u '/^Requirement already satisfied/d'
	@$(RUN) -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@# Kernels talk over loopback; without this each of them prints a warning about it.
	@mkdir -p $(VENV)/etc/ipython
	@echo '{"IPKernelApp": {"log_level": 40}}' > $(VENV)/etc/ipython/ipython_kernel_config.json
	@touch $@

book: $(READY)
	@echo "== Building the book (every page is executed: a few minutes the first time)"
	@rm -rf _build
	$(VENV)/bin/jupyter-book build . -W -n --keep-going
	@echo "== The book is at _build/html/index.html"

test: $(READY)
	@$(RUN) tests/run.py $(STAGES)

lab: $(READY)
	$(VENV)/bin/jupyter lab --notebook-dir=. book/index.ipynb

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --extra book --extra test \
	  --extra dev --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	  --output-file requirements.lock

clean:
	rm -rf _build .lindyn-cache .pytest_cache .ruff_cache
	find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
