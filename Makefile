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

NAME := deep-linear-networks
LATEX := book/_latex/debian-packages.txt

export LINDYN_CACHE := $(CURDIR)/.lindyn-cache
export OMP_NUM_THREADS ?= 1

.PHONY: help book pdf zip printed zipped test lab lock clean

help:
	@echo "make book   build the book (strict: every warning is an error) into _build/html"
	@echo "            SOLUTIONS=off leaves the solutions of the exercises out, for a class"
	@echo "make pdf    build the book, then print it into _build/$(NAME).pdf (needs LaTeX)"
	@echo "make zip    build the book, then pack the site into _build/$(NAME).zip"
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

pdf: book
	@$(MAKE) --no-print-directory printed

# The pages as `make book` has read and executed them, in print.  Lines of the log stay whole.
printed: $(READY)
	@command -v latexmk >/dev/null && kpsewhich unicode-math.sty >/dev/null || { \
	  echo "make pdf needs LaTeX; on Debian or Ubuntu: apt-get install" $$(cat $(LATEX)); exit 1; }
	@echo "== Setting the book in print"
	$(VENV)/bin/jupyter-book build . -W -n --keep-going --builder custom --custom-builder latex
	@cd _build/latex && max_print_line=1000 latexmk -xelatex -silent -halt-on-error \
	  -interaction=nonstopmode lindyn.tex || { grep -A5 '^!' lindyn.log; exit 1; }
	@cp _build/latex/lindyn.pdf _build/$(NAME).pdf
	@echo "== The book is at _build/$(NAME).pdf"

zip: book
	@$(MAKE) --no-print-directory zipped

# The site as it was built last, in one folder.
zipped: $(READY)
	@rm -rf _build/zip _build/$(NAME).zip
	@mkdir -p _build/zip
	@cp -r _build/html _build/zip/$(NAME)
	@cd _build/zip && ../../$(RUN) -m zipfile -c ../$(NAME).zip $(NAME)
	@rm -rf _build/zip
	@echo "== The site is packed in _build/$(NAME).zip; unpack it and open index.html"

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
