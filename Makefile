PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin

.PHONY: build test fix lock clean

build: $(VENV)/.installed
	$(RUN)/kg build

test: $(VENV)/.installed-dev
	$(RUN)/ruff format --check src tests
	$(RUN)/ruff check src tests
	$(RUN)/mypy
	$(RUN)/pytest -n auto

fix: $(VENV)/.installed-dev
	$(RUN)/ruff format src tests
	$(RUN)/ruff check --fix src tests

lock:
	uv pip compile -q --universal --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile -q --universal --no-header --no-annotate pyproject.toml --group dev -o requirements-dev.lock

clean:
	rm -rf $(VENV) build .build.*

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(RUN)/pip install -q --disable-pip-version-check -r requirements.lock
	$(RUN)/pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(RUN)/pip install -q --disable-pip-version-check -r requirements-dev.lock
	touch $@
