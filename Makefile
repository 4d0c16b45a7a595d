# Two commands do everything: `make run` and `make test`. `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=

BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
# with uv and no PYTHON given, uv finds a fitting interpreter (or fetches one)
comma := ,
UV_PYTHON := $(if $(filter file,$(origin PYTHON)),>=3.11$(comma)<3.14,$(PYTHON))

ifdef UV
PIP_INSTALL = $(UV) pip install --quiet --python $(BIN)/python
else
PIP_INSTALL = $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint clean

help: ## this list
	@echo "Caloporteur: thermal and liquid-cooling digital twin of AI data centres"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile
	@echo "Options of the program or of pytest go into ARGS: make run ARGS='site=south solver=draft'"

run: $(VENV)/.installed-core ## model Valence; ends with the results table and the run folder
	@$(BIN)/twin run $(ARGS)

test: $(VENV)/.installed-test ## run the test suite
	@$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.installed-dev ## style, formatting, types and import direction
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean: ## remove .venv, caches and built packages; runs/ and sweeps/ stay
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- the environment: made once, and again when the requirements change --------------------------------

# a stamp per set of extras; a larger set holds the smaller ones
EXTRAS_core :=
EXTRAS_test := [test]
EXTRAS_dev := [test,dev]
HOLDS_core := core
HOLDS_test := core test
HOLDS_dev := core test dev

$(VENV)/.installed-%: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Caloporteur into $(VENV) (about 1.3 GB; one to three minutes, most of it download) ..." >&2
	@$(PIP_INSTALL) --editable '.$(EXTRAS_$*)' --constraint constraints.txt
	@touch $(foreach set,$(HOLDS_$*),$(VENV)/.installed-$(set))

ifdef UV
$(BIN)/python:
	@$(UV) venv --quiet --allow-existing --python '$(UV_PYTHON)' $(VENV)
else
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "No '$(PYTHON)' on PATH: install Python 3.11 or later, or name one: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$$($(PYTHON) --version) is too old: Caloporteur needs Python 3.11 or later." >&2; \
	  echo "Name a newer one, as in: make run PYTHON=python3.12; or install uv, which brings its own." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments: its venv module is missing." >&2; \
	  echo "On Debian or Ubuntu: sudo apt-get install python3-venv; or install uv." >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version) ..." >&2
	@$(PYTHON) -m venv $(VENV)
endif
