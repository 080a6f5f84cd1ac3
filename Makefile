# make demo    see Foretype complete real code in the terminal
# make test    everything that CI runs
# make check   the part of it that needs no model and no editor: formatting, types, architecture
# make lock    write requirements/lock.txt anew, after a change of pyproject.toml
# Another Python: make test PYTHON=python3.12

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test check lock models environment environment-dev

demo: environment
	@$(BIN)/foretype demo

test: check models
	$(BIN)/python -m pytest

check: environment-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

models: environment-dev
	$(BIN)/foretype models pull smollm2-135m
	$(BIN)/foretype models pull qwen2.5-coder-0.5b --source examples/configs/models-from-index.toml

environment:
	@$(PYTHON) scripts/environment.py $(VENV) local

environment-dev:
	@$(PYTHON) scripts/environment.py $(VENV) local,dev

lock: environment-dev
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.10 --extra local --extra dev \
	  --no-annotate --no-emit-index-url --custom-compile-command "make lock" \
	  pyproject.toml --output-file requirements/lock.txt
