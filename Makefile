# Needs Python 3.11 or newer, make and git; everything else is installed into .venv from the lock files.
#
#   make run              the whole portal at http://127.0.0.1:8000/ (PORT=, HOST=, PORTAL_DATA= … as in docs/operating.md)
#   make test             the whole suite on throw-away servers; ARGS="-k words -x" is passed to pytest
#   make lint             ruff, mypy, import-linter
#   make format           ruff's formatter and safe fixes
#   make lock             the lock files anew, from pyproject.toml
#   make clean-env        remove .venv (the data in var/ stays)

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
PY := .venv/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: run test lint format lock clean-env

run: .venv/run.stamp
	@exec $(PY) -m portal.run

test: .venv/dev.stamp
	@$(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

lint: .venv/dev.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy .
	.venv/bin/lint-imports

format: .venv/dev.stamp
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

lock: .venv/run.stamp
	$(PY) -m pip install --quiet --disable-pip-version-check uv
	$(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet --output-file requirements.lock
	$(PY) -m uv pip compile pyproject.toml --extra dev --constraint requirements.lock --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements-dev.lock

clean-env:
	rm -rf .venv

.venv/run.stamp: requirements.lock | .venv/bin/python
	@echo "Installing what the portal needs (only when requirements.lock has changed) …"
	@$(PIP_INSTALL) --requirement requirements.lock
	@touch $@

# The development lock holds everything that the other one does.
.venv/dev.stamp: requirements-dev.lock requirements.lock | .venv/bin/python
	@echo "Installing what development needs (only when a lock file has changed) …"
	@$(PIP_INSTALL) --requirement requirements-dev.lock
	@touch $@ .venv/run.stamp

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "The portal needs Python 3.11 or newer, and there is none among the commands python3, python3.11 …: install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The portal needs Python 3.11 or newer, and $(PYTHON) is older: name another, as in make PYTHON=python3.12" >&2; exit 1; }
	@echo "Making .venv …"
	@"$(PYTHON)" -m venv --clear .venv
