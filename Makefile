# The tasks of the project; `make` alone lists them. Everything is installed into .venv from the hashed lock file.
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help run test lint ci accept bench soak corpora lock screenshots

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

.venv/ready: requirements.lock pyproject.toml
	python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: .venv/ready ## set up and serve the example city on http://127.0.0.1:8000
	$(PY) app.py serve --demo

test: .venv/ready ## set up and pass all tests
	$(PY) tests/browser_ready.py
	$(PY) -m pytest -n 2 -rs -m "not browser"  # -rs names what is not installed: strace, libfaketime
	$(PY) -m pytest -n 2 -m browser  # apart: Playwright keeps a loop running in its process

lint: .venv/ready ## style, types and import directions
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/pyright --pythonpath $(PY)
	.venv/bin/lint-imports

ci: lint test ## what CI runs

accept: .venv/ready ## rewrite the golden files; review the diff
	$(PY) -m pytest tests/builder tests/docs/test_approval_reference.py -q --accept

bench: .venv/ready ## measure pages and commits against their references
	$(PY) -m bench

soak: .venv/ready ## the full length of what `make test` runs a slice of
	$(PY) tests/browser_ready.py
	$(PY) -m pytest --soak -rs -m "not browser"
	$(PY) -m pytest --soak -m browser

corpora: .venv/ready ## tests over ../shared/corpora
	$(PY) -m pytest tests/corpora -rs --corpora

lock: ## resolve the dependencies again
	uv pip compile -q --upgrade --universal --python-version 3.11 --all-extras --generate-hashes --no-annotate --no-header pyproject.toml -o requirements.lock

screenshots: .venv/ready ## remake docs/screenshots
	$(PY) tests/browser_ready.py
	$(PY) -m docs.screenshots
