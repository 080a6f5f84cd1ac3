# make demo    see Foretype complete real code in the terminal
# make test    everything that CI runs; pulls the two models that tests use (590 MB) into the user's cache
# make check   the part of it that needs no model and no editor: formatting, types, architecture
# make vsix    build the VS Code extension into dist/; needs Node.js 20 or newer
# make lock    write requirements/lock.txt anew, after a change of pyproject.toml
# Another Python: make test PYTHON=python3.12

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test check vsix lock environment environment-dev

demo: environment
	@$(BIN)/foretype demo

test: check
	$(BIN)/python -m pytest

check: environment-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

vsix:
	@$(PYTHON) scripts/vsix.py

environment:
	@$(PYTHON) scripts/environment.py $(VENV) local

environment-dev:
	@$(PYTHON) scripts/environment.py $(VENV) local,dev

lock: environment-dev
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.10 --extra local --extra dev \
	  --no-annotate --no-emit-index-url --custom-compile-command "make lock" \
	  pyproject.toml --output-file requirements/lock.txt
