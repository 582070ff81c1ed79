# Each target does its own set-up; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BI_VENV := .venv-bi
BIN := $(VENV)/bin
UV := .uv/bin/uv
SQL := dbt_project/models dbt_project/tests

# Where a machine forbids Python to keep what it compiled, every start would compile dbt, Dagster and Great Expectations anew.
export PYTHONDONTWRITEBYTECODE :=

# make test TESTS=tests/unit runs a part
TESTS ?=

.DEFAULT_GOAL := help
.PHONY: help demo bi test test-bi lint format types bench bench-bi setup setup-bi lock bi-lock browser clean

help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: setup ## Synthetic deliveries become a published mart, a partner report and a Dagster graph
	@$(BIN)/maemoh demo

bi: setup setup-bi ## Apache Superset over what is published: prints an address and a log-in (after `make demo`)
	@$(BIN)/maemoh bi up

test: setup browser ## All tests (real servers, real files, a real browser) and lint
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(TESTS)

test-bi: setup setup-bi browser ## The BI server with every dashboard in a real browser, at desktop and phone width
	@$(BIN)/python -m pytest tests/bi

lint: setup ## Linters, formatters in check mode and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/sqlfluff lint --disable-progress-bar $(SQL)
	@$(BIN)/mypy

format: setup ## Formats Python and SQL
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .
	@$(BIN)/sqlfluff fix --disable-progress-bar --quiet $(SQL)

bench: setup ## Timings, as ratios to what reading the same files costs; prints, never fails. BENCH=large: 10 M readings, 10 M rows at the gate, 100 M observations
	@$(BIN)/python -m tests.bench.bench_road
	@$(BIN)/python -m tests.bench.bench_readings
	@$(BIN)/python -m tests.bench.bench_gates
	@$(BIN)/python -m tests.bench.bench_warehouse

bench-bi: setup setup-bi ## What each chart takes on 10 M observations: median, 95th percentile, memory; prints, never fails
	@$(BIN)/python -m tests.bench.bench_bi

setup: $(VENV)/.ready ## Virtual environment with the locked dependencies

$(UV): requirements-uv.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Python 3.11 or newer is needed, this is {v[0]}.{v[1]}. Set PYTHON=python3.11 or newer.")'
	@echo "setting up: uv"
	@$(PYTHON) -m venv .uv
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $(UV)

$(VENV)/.ready: $(UV) requirements.lock pyproject.toml
	@echo "setting up: $(VENV) with the packages of requirements.lock"
	@test -x $(BIN)/python || $(UV) venv --quiet --no-project --python $(PYTHON) $(VENV)
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# The BI server wants older packages than the pipeline: it has an environment of its own, with its own lock.
setup-bi: $(BI_VENV)/.ready ## Virtual environment of the BI server

$(BI_VENV)/.ready: $(UV) bi/requirements.lock
	@echo "setting up: $(BI_VENV) with the packages of bi/requirements.lock"
	@test -x $(BI_VENV)/bin/python || $(UV) venv --quiet --no-project --python $(PYTHON) $(BI_VENV)
	@$(UV) pip sync --quiet --python $(BI_VENV)/bin/python --require-hashes bi/requirements.lock
	@touch $@

bi-lock: $(UV) ## Writes bi/requirements.lock anew (versions and hashes, no addresses)
	@$(UV) pip compile --quiet bi/requirements.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --output-file bi/requirements.lock
	@! grep -n '://' bi/requirements.lock

browser: setup ## A browser and PostgreSQL for the tests: the machine's own, else by apt where root
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m tests.postgres

lock: $(UV) ## Writes requirements.lock anew (versions and hashes, no addresses)
	@$(UV) pip compile --quiet pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --output-file requirements.lock
	@! grep -n '://' requirements.lock

clean: ## Stops what runs and removes the lake, the virtual environment and caches
	@test ! -x $(BIN)/maemoh || $(BIN)/maemoh down --all
	@rm -rf .lake .venv .venv-bi .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis dbt_project/target dbt_project/logs
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
