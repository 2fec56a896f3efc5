# Needs Python 3.11 or newer and make, nothing else. `make help` lists the targets.
.POSIX:
.SUFFIXES:
.PHONY: help run test browser pictures soak lint format bench lock clean

PYTHON = python3
PORT = 8000
SERVER = daphne
SECONDS = 600
# More arguments for the command behind a target, e.g. make test ARGS="-k embedded -x"
ARGS =
BIN = .venv/bin
AXE = tests/browser/node_modules/.installed
# The files hold every package that is needed. Without --no-deps, pip 23 looks for the newest `coverage[toml]` beside
# the pinned `coverage` and refuses it for having no hash, as soon as there is a newer one.
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps

help:
	@echo "make run [PORT=8123] [SERVER=uvicorn]  start everything and try it in a browser; Ctrl-C stops it"
	@echo "make test [ARGS=...]                   the whole test suite (ARGS go to pytest)"
	@echo "make browser [ARGS=...]                the console in a real Chromium (Debian: apt install chromium)"
	@echo "make pictures                          take the pictures of docs/moderators.md anew"
	@echo "make soak [SECONDS=600]                random lives of devices against a server that is killed now and then"
	@echo "make lint                              style, types, import contracts, migrations in step with the models"
	@echo "make format                            lay out the source as make lint wants it"
	@echo "make bench [ARGS=...]                  measure messages per second"
	@echo "make lock                              pin the newest packages that pyproject.toml allows"
	@echo "make clean                             remove .venv and caches; data in .local stays"

run: .venv/.installed
	@if [ -z "$$SECRET_KEY" ]; then \
		SECRET_KEY=$$($(BIN)/python -m prayermap.embedded.secret_key) || exit 1; export SECRET_KEY; \
	fi; \
	DEBUG=$${DEBUG-1}; export DEBUG; \
	exec $(BIN)/python manage.py quickstart --port $(PORT) --server $(SERVER) $(ARGS)

test: .venv/.installed-dev $(AXE)
	$(BIN)/python -m pytest $(ARGS)

browser: .venv/.installed-dev $(AXE)
	$(BIN)/python -m pytest tests/browser $(ARGS)

pictures: .venv/.installed-dev $(AXE)
	TAKE_PICTURES=1 $(BIN)/python -m pytest tests/browser/test_guide.py $(ARGS)

soak: .venv/.installed-dev
	SOAK_SECONDS=$(SECONDS) $(BIN)/python -m pytest tests/convergence -k soak -s $(ARGS)

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=tests.settings_without_database $(BIN)/python manage.py makemigrations --check --dry-run

format: .venv/.installed-dev
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: .venv/.installed-dev
	$(BIN)/python -m bench $(ARGS)

# The address of an index belongs to the machine that installs, never into these files.
lock: .venv/.installed-dev
	$(BIN)/uv pip compile pyproject.toml $(LOCK) --output-file requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra s3 $(LOCK) --output-file requirements-s3.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --constraints requirements.txt $(LOCK) --output-file requirements-dev.txt
LOCK = --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

clean:
	rm -rf .venv tests/browser/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "PrayerMap needs Python 3.11 or newer; name one with: make run PYTHON=python3.12" >&2; exit 1; }
	@echo "Making a virtual environment in .venv"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "This Python can't make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

# The stamps are newer than the requirements once these are installed, so the second run installs nothing.
.venv/.installed: .venv/bin/python requirements.txt
	@echo "Installing the packages of requirements.txt (once; a minute or two)"
	@$(PIP) -r requirements.txt
	@touch .venv/.installed

.venv/.installed-dev: .venv/bin/python requirements-dev.txt
	@echo "Installing the packages of requirements-dev.txt (once; a few minutes)"
	@$(PIP) -r requirements-dev.txt
	@touch .venv/.installed .venv/.installed-dev

# Where there is no npm, or nothing to install from, the tests that need it are left out and say so.
$(AXE): tests/browser/package-lock.json
	@if command -v npm >/dev/null 2>&1; then \
		echo "Installing axe-core for the browser tests (once)"; \
		(cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --silent) && touch $@ || \
			echo "npm could not install axe-core; the tests that need it are left out" >&2; \
	fi
