# Two commands: `make run` and `make test`. Both set up all they need, in this folder (.venv and var).

SHELL := /bin/sh
PORT ?= 8000
TRIAL ?= dcs_trd
export PORT
export ECRF_TRIAL = $(TRIAL)
PY := .venv/bin/python
IN_CLUSTER := $(PY) -m trialsite.database.postgres run --
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ "$$n" -gt 4 ] && n=4; echo "$$n")
ARGS ?=
# Every further trial that has a small world of the tests: the general tests run over it too.
OTHER_TRIALS := $(filter-out dcs_trd __init__,$(basename $(notdir $(wildcard tests/worlds/*.py))))

.PHONY: run test lint bench clean chromium backup restore-drill

run: .venv/ready
	@exec $(PY) -m trialsite.starter.run

test: .venv/ready chromium
	ECRF_TRIAL=dcs_trd $(PY) -m pytest -n $(WORKERS) $(ARGS)
	@for trial in $(OTHER_TRIALS); do echo "== what holds of any trial, over $$trial"; \
	  ECRF_TRIAL=$$trial $(PY) -m pytest -n $(WORKERS) $(ARGS) || exit 1; done

# The settings of production are checked with made-up answers; nothing is served with them.
lint: .venv/ready
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/bandit -q -ll -r trialsite crf analysis -c pyproject.toml
	ECRF_MODE=demo ECRF_ROLE=owner ECRF_VAR=var/lint $(IN_CLUSTER) $(PY) manage.py makemigrations --check --dry-run
	ECRF_MODE=production ECRF_HOSTS=ecrf.example.org ECRF_HTTPS=proxy ECRF_VAR=var/lint ECRF_ROLE=owner \
	  ECRF_SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	  $(PY) manage.py check --deploy --fail-level WARNING

# One encrypted file of the embedded database, into ECRF_BACKUPS; and whether the newest one can be restored.
backup: .venv/ready
	@$(PY) -m trialsite.operations.backup make

restore-drill: .venv/ready
	@$(PY) -m trialsite.operations.drill $(ARGS)

# One after the other, nothing beside it: tests/*/bench_*.py, by pytest where they need a database.
bench: .venv/ready
	@for file in tests/*/bench_*.py; do echo "== $$file"; \
	  if grep -q '^def test_' "$$file"; then $(PY) -m pytest -n 0 -s -p no:randomly "$$file"; \
	  else PYTHONPATH=. $(PY) "$$file"; fi || exit 1; done

# What make test and make lint of this folder leave behind; the trial's data in var stay.
clean: .venv/ready
	@$(PY) -m trialsite.test_settings
	rm -rf var/lint .pytest_cache .ruff_cache .hypothesis .import_linter_cache

chromium: .venv/ready
	@$(PY) tests/browser_for_tests.py

# The first Python that is new enough makes the folder; it is made anew when requirements.txt changes what is in it.
.venv/ready: requirements.txt
	@sh ./.ci/venv
