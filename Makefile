# Two commands matter: `make run` and `make test`. Everything they need, they install into .venv.
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(shell $(p) -c 'import sys; sys.version_info >= (3, 11) and print("$(p)")' 2>/dev/null)))
BIN := .venv/bin
export PYTHONTZPATH :=

.PHONY: install run test test-all check bench house prove clean

install: .venv/.installed .static/.collected ## .venv with everything the service and its tests need

.venv/.installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Acompaña needs Python 3.11 or newer (set PYTHON=/path/to/python)."; exit 1; }
	@test -x $(BIN)/python || { echo "Creating .venv with $(PYTHON)"; $(PYTHON) -m venv .venv; }
	@echo "Installing packages (about a minute the first time)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt -e ".[dev]"
	@touch $@

.static/.collected: .venv/.installed $(shell find static locale -type f -not -name '*.mo')
	@echo "Compiling words and collecting static files"
	@$(BIN)/pybabel --quiet compile --domain django --directory locale --use-fuzzy 2>&1 | grep -v '^compiling' || true
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@touch $@

run: install ## the demo on http://127.0.0.1:8000
	@$(BIN)/python manage.py serve

test: install ## the suite, with nothing but Python
	@$(BIN)/pytest -n 2 -m "not journey and not standard"
