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

proto: setup ## Generate the Python package of the contracts, and the event catalogue
	$(BIN)/buf format -w proto
	$(BIN)/python proto/generate.py
	$(BIN)/python proto/catalogue.py

schema: setup ## Write gateway/schema.graphql from the code
	$(BIN)/python -m gateway.schema export

up: setup ## Run the whole platform here: PostgreSQL, NATS, five services, gateway
	@exec $(BIN)/quanzi up

lint: setup ## Style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

unit: setup ## Fast tests only: no server is started
	$(BIN)/python -m pytest -q services/*/tests/unit tests/architecture tests/contract

test: lint ## All checks and all tests, on real PostgreSQL and NATS
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not chaos and not e2e"
	$(BIN)/python -m pytest -q -m "chaos or e2e"

bench: setup ## Benchmarks, beside the raw limit of this machine
	$(BIN)/python -m pytest -q -s -m load -o addopts= --import-mode=importlib tests/load

clean: ## Remove the environment and all local data
	rm -rf .venv .quanzi .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.PHONY: help setup lock proto schema up lint unit test bench clean
