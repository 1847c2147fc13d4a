# Two commands matter: `make run` and `make test`. Everything they need, they install into .venv.
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(shell $(p) -c 'import sys; sys.version_info >= (3, 11) and print("$(p)")' 2>/dev/null)))
BIN := .venv/bin
CHROMIUM := /usr/bin/chromium
APT := $(if $(filter 0,$(shell id -u)),,sudo) apt-get
export PYTHONTZPATH :=

.PHONY: install run test test-all standard journeys services pictures check bench house prove clean

install: .venv/.installed .static/.collected ## .venv with everything the service and its tests need

.venv/.installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Acompaña needs Python 3.11 or newer (set PYTHON=/path/to/python)."; exit 1; }
	@test -x $(BIN)/python || { echo "Creating .venv with $(PYTHON)"; $(PYTHON) -m venv .venv; }
	@echo "Installing packages (about a minute the first time)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt -e ".[dev]"
	@touch $@

.venv/.journeys: .venv/.installed
	@echo "Installing what drives the browser"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt -e ".[journeys]"
	@touch $@

.static/.collected: .venv/.installed $(shell find static locale -type f -not -name '*.mo')
	@echo "Compiling words and collecting static files"
	@$(BIN)/pybabel --quiet compile --domain django --directory locale --use-fuzzy 2>&1 | grep -v '^compiling' || true
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@touch $@

$(CHROMIUM):
	@echo "Installing Chromium from Debian's packages"
	@$(APT) update -qq && DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends chromium fonts-roboto-unhinted >/dev/null

run: install ## the demo on http://127.0.0.1:8000
	@$(BIN)/python manage.py serve

test: install ## the suite, with nothing but Python
	@$(BIN)/pytest -n 2 --ignore=tests/journeys -m "not standard"

test-all: standard journeys ## the suite on the standard PostgreSQL and Redis, then the browser journeys there

standard: services install
	@$(BIN)/pytest -n 2 --ignore=tests/journeys -m "not embedded"

journeys: services install .venv/.journeys $(CHROMIUM)
	@$(BIN)/pytest tests/journeys

# Keys for the length of a run: the distributed layout makes none of its own.
standard journeys: export SECRET_KEY := $(or $(SECRET_KEY),only-for-this-run-of-the-suite-and-for-nothing-else-at-all)
standard journeys: export DATA_KEYS := $(or $(DATA_KEYS),k1:b25seS1mb3ItdGhpcy1ydW4tb2YtdGhlLXN1aXRlISE=)

services: # chosen here, never skipped in a test
	@test -n "$$DATABASE_URL" -a -n "$$REDIS_URL" || { echo "Set DATABASE_URL and REDIS_URL to a standard PostgreSQL and Redis."; exit 1; }

pictures: install .venv/.journeys $(CHROMIUM) ## docs/pictures, drawn anew by the browser journeys
	@PICTURES=docs/pictures $(BIN)/pytest tests/journeys

check: install ## ruff, mypy, the import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

prove: install .venv-prove/bin/khal ## what needs foreign programs; its output is dated in docs/measurements.md
	@date -u +"%Y-%m-%d %H:%M UTC"
	@$(BIN)/python -m tests.prove.calendars

.venv-prove/bin/khal:
	@$(BIN)/python -m venv .venv-prove
	@.venv-prove/bin/pip install --quiet --disable-pip-version-check vdirsyncer==0.21.0 khal==0.14.1

bench: install ## the README's figures: the service beside a peer and a limit, in one run
	@$(BIN)/python -m benchmarks.run

house: install ## how long functions and files are, and how much is tested
	@$(BIN)/python -m tests.house.measure

clean: ## everything but the data
	rm -rf .venv .static .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
