# `make` lists what there is. Everything is installed into .venv, once per change of pyproject.toml.
#   ARGS    goes to the command that runs:   make train ARGS="--epochs 5"
#   PYTHON  the interpreter to build on:     make train PYTHON=python3.12
#   QUIET   how much pip keeps to itself:    make test QUIET=

VENV   := .venv
BIN    := $(VENV)/bin
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
QUIET  ?= -qq
ARGS   ?=
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help train test test-framework docs lint stubs bench lines wheels release clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

train: $(VENV)/.installed-mnist ## Train the digit classifier (options in ARGS)
	@$(BIN)/tinygrad-mnist train $(ARGS)

# One test process per core: BLAS threads on top of them would only get in each other's way.
test: export OPENBLAS_NUM_THREADS ?= 1
test: $(VENV)/.installed-test ## Run the tests
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

# Examples and other people's programs are left out: they take as long as all the rest.
test-framework: export OPENBLAS_NUM_THREADS ?= 1
test-framework: $(VENV)/.installed-test-framework ## Run the framework's tests with NumPy alone (VENV=.venv-numpy)
	@$(BIN)/python -m pytest -n auto --dist worksteal --ignore tests/mnist --ignore tests/test_examples.py \
	  --ignore tests/compiler/test_programs.py $(ARGS)

docs: $(VENV)/.installed-docs ## Build the documentation into docs/_build/html (no network needed to read it)
	@$(BIN)/python -m sphinx --fail-on-warning --keep-going -q -j auto -b html docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

lint: $(VENV)/.installed-lint ## Check style, formatting, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell

stubs: $(VENV)/.installed-test ## Write the type stubs anew: Tensor's methods, PyTorch's paths
	@$(BIN)/python -m tests.stubs

bench: $(VENV)/.installed-mnist ## The benchmark suite (ARGS=--help lists its cases)
	@$(BIN)/python -m benchmarks $(ARGS)

lines: $(VENV)/.installed-mnist ## Count the lines of code of each room: no blanks, comments, docstrings
	@$(BIN)/python -m benchmarks lines

wheels: $(VENV)/.installed-release ## Build wheel and sdist, and try them on every Python there is
	@$(BIN)/python -m tests.wheels $(ARGS)

release: $(VENV)/.installed-release ## Prepare a release for a person to publish (ARGS=0.3.0; ARGS=--check)
	@$(BIN)/python -m tests.release $(ARGS)

clean: ## Remove .venv, caches and build products
	rm -rf $(VENV) .venv-* build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# installing --------------------------------------------------------------------------------

FAILED = { echo "make: installation failed, see above; 'make $(MAKECMDGOALS) QUIET=' shows what pip does." >&2; exit 1; }

$(VENV)/.installed-%: pyproject.toml $(BIN)/python
	@echo "Installing the package with its extra '$*' (once; a minute or more) ..."
	@$(PIP) install $(QUIET) -e '.[$*]' || $(FAILED)
	@touch $@

# The first interpreter that is new enough and can make environments; else, why there is none.
$(BIN)/python:
	@seen=; bare=; \
	for python in $(PYTHON); do \
	  version=$$("$$python" -c 'import platform; print(platform.python_version())' 2>/dev/null) || continue; \
	  if ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	    seen="$$seen $$python is $$version."; \
	  elif ! "$$python" -c 'import venv, ensurepip' 2>/dev/null; then \
	    bare=$${bare:-"$$python ($$version)"}; \
	  else \
	    echo "Creating $(VENV) with $$python ($$version) ..."; \
	    "$$python" -m venv --clear $(VENV) && exit 0; \
	    rm -rf $(VENV); exit 1; \
	  fi; \
	done; \
	if test -n "$$bare"; then \
	  echo "make: $$bare cannot make virtual environments: it lacks venv or ensurepip." >&2; \
	  echo "      Install them (on Debian and Ubuntu: the package python3-venv) or name another: make $(MAKECMDGOALS) PYTHON=..." >&2; \
	else \
	  echo "make: Python 3.11 or newer is needed;$${seen:- none of these runs: $(PYTHON)}" >&2; \
	  echo "      Install one, or name one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; \
	fi; \
	exit 1
