# Every command of the project. `make` prints them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
RECENT := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do $$name -c '$(RECENT)' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
WORKERS ?= 2
MEMBERS := proto services/chassis services/segmentation services/content services/campaigns services/support services/risk gateway deploy/local

help: ## Print these commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready ## Make the environment (.venv) from requirements.lock

.venv/.ready: requirements.lock $(addsuffix /pyproject.toml,$(MEMBERS))
	@$(or $(PYTHON),false) -c '$(RECENT)' || { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python lacks its venv module; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/python -m uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(addprefix -e ./,$(MEMBERS))
	@touch $@

lock: setup ## Renew requirements.lock, and the part of it that goes into images, from pyproject.toml
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --group local --group dev pyproject.toml -o requirements.lock
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --constraint requirements.lock pyproject.toml -o deploy/docker/requirements.lock

proto: setup ## Generate the Python package of the contracts, and the event catalogue
	$(BIN)/buf format -w proto
	$(BIN)/python proto/generate.py
	$(BIN)/python proto/catalogue.py

schema: setup ## Write gateway/schema.graphql from the code
	$(BIN)/python -m gateway.schema export

manifests: setup ## Render the production manifests, and the permissions on NATS in them
	$(BIN)/python deploy/kustomize/components/nats/generate_accounts.py > deploy/kustomize/components/nats/accounts.conf
	$(BIN)/kubectl kustomize deploy/kustomize/overlays/production > deploy/kustomize/rendered/production.yaml

compose-secrets: setup ## Make what deploy/compose/compose.yaml mounts, in .quanzi/compose
	$(BIN)/python deploy/compose/prepare.py

release: setup ## Take contracts and schema as released: later ones must not break them
	$(BIN)/python proto/generate.py --release
	cp gateway/schema.graphql gateway/released.graphql

up: setup ## Run the whole platform here: PostgreSQL, NATS, five services, gateway (ARGS=--quiet)
	@exec $(BIN)/quanzi up $(ARGS)

doctor: setup ## Check this machine and what runs on it, with what to do
	@$(BIN)/quanzi doctor

lint: setup ## Style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

unit: setup ## Fast tests only: no server is started
	$(BIN)/python -m pytest -q services/*/tests/unit tests/architecture tests/contract deploy/tests

test: setup ## All checks and all tests, on real PostgreSQL and NATS, side by side
	@$(MAKE) --no-print-directory --jobs 3 lint parts whole

parts: setup
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m "not load and not chaos and not e2e"

whole: setup
	$(BIN)/python -m pytest -q -m "chaos or e2e"

bench: setup ## Benchmarks, beside the raw limit of this machine (about 40 min; QUANZI_BENCH_MEMBERS=100000: 15)
	$(BIN)/python -m pytest -q -s -m load -o addopts= --import-mode=importlib tests/load

cdnow: setup ## Write docs/cdnow.md from the purchases of a real shop (CDNOW=FOLDER with its two files)
	$(BIN)/python docs/examples/cdnow.py "$(CDNOW)"

clean: ## Remove the environment and all local data
	@for state in .quanzi/*/state; do if [ -L "$$state" ]; then rm -rf "$$(dirname "$$(readlink "$$state")")"; fi; done
	rm -rf .venv .quanzi .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.PHONY: help setup lock proto schema release manifests compose-secrets up doctor lint unit test parts whole bench cdnow clean
