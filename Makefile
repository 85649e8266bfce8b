# One command for everything. `make demo` and `make test` need Python 3.11+ and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# What Python compiles is kept, whatever the shell says: each of the many processes starts sooner.
unexport PYTHONDONTWRITEBYTECODE

BROWSER := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
# Two workers beside each other: more threads in each only wait.
PYTEST := POLARS_MAX_THREADS=1 ENGAGER_BROWSER=$(BROWSER) $(BIN)/pytest -n 2

.PHONY: help demo test lint types contracts pytest laws bench docs verify lock wheel clean

help:            ## list the targets
	@grep -E '^[a-z]+: .*##' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/'

demo: .venv/run.stamp  ## set up and run the main job on both examples, in all formats
	@$(BIN)/engager demo tuebingen-2014 --out out
	@echo
	@$(BIN)/engager demo beijing-2022 --out out

test: lint types contracts pytest  ## lint, types, import contracts, tests

lint: .venv/dev.stamp
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: .venv/dev.stamp
	@$(BIN)/mypy

contracts: .venv/dev.stamp
	@$(BIN)/lint-imports --no-cache

pytest: .venv/dev.stamp
	@$(PYTEST)

laws: .venv/dev.stamp  ## look for new counterexamples to the laws, 500 cases each (long)
	@ENGAGER_LAWS=searching $(PYTEST) tests -k laws

bench: .venv/bench.stamp  ## speed and memory as ratios to named peers, measured in this run
	@$(BIN)/python -m benchmarks

docs: .venv/docs.stamp  ## the documentation, into docs/_build/html
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo docs/_build/html/index.html

verify: .venv/dev.stamp  ## rerun the R scripts of verification/ and compare (needs R)
	@$(BIN)/python verification/verify.py

lock: .venv/dev.stamp  ## renew the locked dependencies
	@for extra in run dev docs bench; do \
	  $(BIN)/uv pip compile pyproject.toml $$([ $$extra = run ] || echo "--extra $$extra") --universal --upgrade --quiet \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements/$$extra.txt || exit 1; done
	@echo 'hatchling>=1.33' | $(BIN)/uv pip compile - --universal --upgrade --quiet --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements/build.txt

wheel: .venv/dev.stamp  ## build the wheel into dist/
	@rm -rf dist && $(PIP) wheel . --no-deps --no-build-isolation -w dist && ls dist

clean:           ## remove the environment and everything built
	rm -rf .venv out dist docs/_build docs/reference/generated .pytest_cache .mypy_cache .ruff_cache .hypothesis \
	  .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("engager needs Python 3.11 or newer: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv

# Each stamp installs one locked, hashed set of packages and the project itself, without build isolation.
.venv/%.stamp: requirements/%.txt pyproject.toml | .venv/bin/python
	@echo "setting up .venv ($*)"
	@$(PIP) install --no-compile --require-hashes -r requirements/$*.txt
	@$(PIP) install --no-compile --require-hashes -r requirements/build.txt
	@$(PIP) install --no-compile --no-deps --no-build-isolation --editable .
	@touch $@
