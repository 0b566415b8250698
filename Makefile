# `make` alone lists what there is. Everything installs itself; Python 3.11 or 3.12 is all it needs.

PYTHON ?= $(shell for python in python3.11 python3.12 python3; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null \
	&& echo $$python && break; done)
ARGS ?=

VENV := .venv
BENCH_VENV := .bench-venv
LOCK_VENV := .lock-venv
DEMO := build/demo
PORT ?= 8000
SAMPLES := samples/encounters/*.json

# Exactly the locked packages, checked by hash. -qq: warnings speak of a site's pip settings.
INSTALL_LOCKED = -m pip install -qq --disable-pip-version-check --no-deps --require-hashes \
	-r requirements.lock
INSTALL_PROJECT = -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation \
	--editable .

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup demo test check static format lint types imports rules docs wheel bench lock \
	hooks clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s  %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed  ## Create .venv and install everything (done by every target that needs it)

demo: setup  ## Review the sample encounters, serve a desk with them (SERVE=no, CI: only see it answer)
	@rm -rf $(DEMO)/letters && mkdir -p $(DEMO)
	$(VENV)/bin/cdi scan $(SAMPLES)
	@$(VENV)/bin/cdi scan $(SAMPLES) --format html --output $(DEMO)/report.html
	@$(VENV)/bin/cdi letter draft $(SAMPLES) --output $(DEMO)/letters
	@printf '\nReport:  %s\nLetters: %s\n\n' $(DEMO)/report.html $(DEMO)/letters/
	$(VENV)/bin/cdi demo load $(DEMO)/desk
	$(VENV)/bin/cdi demo serve $(DEMO)/desk $(if $(CI)$(filter no,$(SERVE)),--check,--port $(PORT))

test: setup $(VENV)/.spark  ## Run all tests, a file on each core (ARGS="-k sepsis" to choose)
	$(VENV)/bin/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

check: static test  ## Everything CI runs: static checks, rules, tests

static: lint types imports rules  ## The checks that come before the tests

format: setup  ## Format the code and mend what the linter can
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

lint: setup  ## Check format and style
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .

types: setup  ## Check types (mypy --strict)
	$(VENV)/bin/mypy

imports: setup  ## Check the direction of imports and the declared dependencies
	$(VENV)/bin/lint-imports
	$(VENV)/bin/deptry .

rules: setup  ## Check the rule packs and run the examples in them
	$(VENV)/bin/cdi rules lint
	$(VENV)/bin/cdi rules test

docs: setup  ## Generate the pages in docs/rules and the JSON Schema of a rule file
	$(VENV)/bin/cdi rules docs docs/rules
	$(VENV)/bin/cdi rules schema > models/condition.schema.json

wheel: setup  ## Build the wheel and the source archive into dist
	$(VENV)/bin/python -m build --no-isolation --outdir dist

bench: setup $(BENCH_VENV)/.installed  ## Measure speed and assertion against medspaCy, negspaCy, spaCy
	$(VENV)/bin/python benchmarks/run.py --peers $(BENCH_VENV)/bin/python $(ARGS)

lock: $(LOCK_VENV)/.installed  ## Lock what pyproject.toml asks for (ARGS=--upgrade: newest versions)
	$(LOCK_VENV)/bin/uv pip compile pyproject.toml --extra archive --extra dev --extra pdf --extra postgres \
		--universal $(ARGS) \
		--generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --quiet --output-file requirements.lock
	$(LOCK_VENV)/bin/uv pip compile pyproject.toml --extra archive --extra spark --universal $(ARGS) \
		--constraint requirements.lock --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --quiet --output-file requirements-spark.lock

hooks: setup  ## Run the checks at each commit (pre-commit)
	$(VENV)/bin/pre-commit install

clean:  ## Remove what was built, but no environment
	rm -rf build dist cdi/_data .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find cdi tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: an environment is touched only when the lock or the metadata changes.
%/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 is needed: make PYTHON=/path/to/it"; exit 1; }
	@echo "Creating $*"
	@$(PYTHON) -m venv $*

.PRECIOUS: %/bin/python

$(VENV)/.locked $(BENCH_VENV)/.locked: %/.locked: requirements.lock | %/bin/python
	@echo "Installing the locked packages into $* (about a minute)"
	@$*/bin/python $(INSTALL_LOCKED)
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	@$(VENV)/bin/python $(INSTALL_PROJECT)
	@$(VENV)/bin/cdi scan samples/notes >/dev/null
	@touch $@

$(VENV)/.spark: requirements-spark.lock | $(VENV)/.installed
	@echo "Installing Spark for the tests of the archive"
	@$(VENV)/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes \
		-r requirements-spark.lock
	@touch $@

$(BENCH_VENV)/.installed: $(BENCH_VENV)/.locked benchmarks/peers.txt
	@echo "Installing the peers into $(BENCH_VENV)"
	@$(BENCH_VENV)/bin/python -m pip install -qq --disable-pip-version-check --no-deps \
		-r benchmarks/peers.txt
	@touch $@

$(LOCK_VENV)/.installed: | $(LOCK_VENV)/bin/python
	@$(LOCK_VENV)/bin/python -m pip install -qq --disable-pip-version-check uv==0.13.9
	@touch $@
