# Every command works on a fresh clone. The environment is in .venv/, data in instance/.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi

.PHONY: run fonts test check bench features screenshots clean

run: .venv/installed  ## the site with the reference case at http://127.0.0.1:8000
	@$(FLASK) db upgrade
	@$(FLASK) keys register
	@$(FLASK) demo
	@test -n "$$(ls -A $${CAMPAIGN_INSTANCE:-instance}/fonts 2>/dev/null)" || $(MAKE) --no-print-directory fonts || true
	@PORT=$(PORT) $(FLASK) serve

fonts: .venv/installed  ## Noto for the scripts a packet may need, into instance/fonts
	@$(BIN)/python -m campaign.gateways.fonts

test: .venv/developing  ## all tests, on SQLite and on PostgreSQL, with a browser where there is one
	@$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

check: .venv/developing  ## format, lint, types, import contracts, templates, migrations, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	@$(MAKE) --no-print-directory test

features: .venv/developing  ## the rows of the feature list with and without a test
	@$(BIN)/python -m tests.features

bench: .venv/developing  ## what each operation costs the server, against bare Flask and against the targets
	@test -n "$$(ls -A instance/fonts 2>/dev/null)" || $(MAKE) --no-print-directory fonts || true
	@$(BIN)/python -m tests.bench $(ARGS)

screenshots: .venv/developing  ## the pictures of the README, taken from a running demonstration
	@$(BIN)/python -m tests.screenshots

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=python3.12 make …)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/developing: .venv/installed
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv build *.egg-info
