# Every command of the project. `make` prints them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
MEMBERS := proto services/chassis services/segmentation services/content services/campaigns services/support services/risk gateway deploy/local

help: ## Print these commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready ## Make the environment (.venv) from requirements.lock

.venv/.ready: requirements.lock $(addsuffix /pyproject.toml,$(MEMBERS))
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/python -m uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(addprefix -e ./,$(MEMBERS))
	@touch $@

lock: setup ## Renew requirements.lock from pyproject.toml
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --group local --group dev pyproject.toml -o requirements.lock

proto: setup ## Generate the Python package of the contracts
	$(BIN)/buf format -w proto
	$(BIN)/python proto/generate.py

up: setup ## Run the whole platform here: PostgreSQL, NATS, five services, gateway
	@exec $(BIN)/quanzi up

test: setup ## All checks and tests
	$(BIN)/python -m pytest

.PHONY: help setup lock proto up test
