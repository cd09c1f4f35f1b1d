# Two commands: `make run` and `make test`. Both set up all they need, in this folder (.venv and var).

SHELL := /bin/sh
PORT ?= 8000
TRIAL ?= dcs_trd
export PORT
export ECRF_TRIAL = $(TRIAL)
# Who has nothing left to do takes over from who has: otherwise the last long test is waited for.
BESIDE = -n $(WORKERS) --dist worksteal
# Modules are compiled once, and not anew by each of the programs that a start or a test runs.
unexport PYTHONDONTWRITEBYTECODE
PY := .venv/bin/python
IN_CLUSTER := $(PY) -m trialsite.database.postgres run --
WORKERS ?= $(shell n=$$(( $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1 )); [ "$$n" -gt 4 ] && n=4; echo "$$n")
ARGS ?=
# Every further trial that has a small world of the tests: the general tests run over it too.
OTHER_TRIALS := $(filter-out dcs_trd __init__,$(basename $(notdir $(wildcard tests/worlds/*.py))))

.PHONY: run test quick blind validation coverage locks lint bench anomalies faults soak scan clean pictures chromium backup restore-drill witness-drill

run: .venv/ready
	@exec $(PY) -m trialsite.starter.run

test: .venv/tested chromium
	ECRF_TRIAL=dcs_trd $(PY) -m pytest $(BESIDE) --durations=25 $(ARGS)
	@for trial in $(OTHER_TRIALS); do echo "== what holds of any trial, over $$trial"; \
	  ECRF_TRIAL=$$trial $(PY) -m pytest $(BESIDE) $(ARGS) || exit 1; done

# What needs no database and no browser, while one works: the first trial's tests, and what is wrong with the others.
quick: .venv/tested
	ECRF_TRIAL=dcs_trd $(PY) -m pytest -n $(WORKERS) --durations=10 $(ARGS) tests/spec tests/repository
	@for trial in $(OTHER_TRIALS); do ECRF_MODE=demo $(PY) manage.py check_trial $$trial || exit 1; done

# The pack of a release in var/validation: trace of requirements to tests and this run, bill of materials, open findings,
# known holes of packages (one that is not explained is no release).
validation: .venv/tested chromium
	@rm -rf var/validation && mkdir -p var/validation
	-ECRF_TRIAL=dcs_trd $(PY) -m pytest -n $(WORKERS) --junitxml=var/validation/dcs_trd.xml $(ARGS)
	-@for trial in $(OTHER_TRIALS); do \
	  ECRF_TRIAL=$$trial $(PY) -m pytest -n $(WORKERS) --junitxml=var/validation/$$trial.xml $(ARGS); done
	@test -x var/scan/pip-audit/bin/python || $(PY) -m venv var/scan/pip-audit
	-@var/scan/pip-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	-@for lock in requirements requirements-tests; do \
	  var/scan/pip-audit/bin/pip-audit -r $$lock.lock --disable-pip -f json -o var/validation/$$lock.json; done
	$(PY) -m trialsite.validation.pack var/validation/*.xml --holes $$(ls var/validation/requirements*.json 2>/dev/null) --to var/validation

# The blind from outside and from inside, over every trial: how many answers are compared, how many differ, how long each took.
blind: .venv/tested
	@for trial in dcs_trd $(OTHER_TRIALS); do \
	  ECRF_TRIAL=$$trial PERMUTATIONS=2 $(PY) -m pytest -n 0 -q -s -p no:randomly $(ARGS) tests/blind || exit 1; done

# Branch coverage of the whole suite, over both trials.
coverage: .venv/tested chromium
	ECRF_TRIAL=dcs_trd $(PY) -m pytest -n $(WORKERS) --cov --cov-branch --cov-report= $(ARGS)
	@for trial in $(OTHER_TRIALS); do \
	  ECRF_TRIAL=$$trial $(PY) -m pytest -n $(WORKERS) --cov --cov-branch --cov-append --cov-report= $(ARGS) || exit 1; done
	.venv/bin/coverage report

# The settings of production are checked with made-up answers; nothing is served with them.
lint: .venv/tested
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/mypy
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

# A witness of the anchors refuses what was rolled back, forked or rewritten: ARGS=FOLDER plays over those anchors.
witness-drill: .venv/ready
	@$(PY) -m trialsite.operations.witness_drill $(ARGS)

# One after the other, nothing beside it: tests/*/bench_*.py, by pytest where they need a database.
bench: .venv/tested
	@for file in tests/*/bench_*.py; do echo "== $$file"; \
	  if grep -q '^def test_' "$$file"; then $(PY) -m pytest -n 0 -s -p no:randomly "$$file"; \
	  else PYTHONPATH=. $(PY) "$$file"; fi || exit 1; done

# Each statement of each deed fails in turn, over each trial: prints deeds, points and violations. About half an hour.
anomalies: .venv/tested
	@for trial in dcs_trd $(OTHER_TRIALS); do \
	  ECRF_TRIAL=$$trial ANOMALIES=each $(PY) -m pytest -n 0 -s -p no:randomly tests/pages/test_anomalies.py || exit 1; done

# Kills, a full disk, a database that hangs or is cut off, under load: what was acknowledged is there. ROUNDS=20 SEED=7
faults: .venv/tested
	$(PY) -m pytest -n 0 -s -p no:randomly tests/operations/faults.py

# Two hundred people for ten minutes on ten thousand subjects, while the web server's processes are replaced.
soak: .venv/tested
	SOAK=1 SECONDS=$${SECONDS:-600} $(PY) -m pytest -n 0 -s -p no:randomly tests/pages/bench_load.py

# Outside scanners, into var/scan: what they find is nothing or is explained. ARGS="-k sqlmap" for one. Ten minutes.
scan: .venv/tested
	@for one in wapiti3 sqlmap semgrep pip-audit; do \
	  test -x var/scan/$$one/bin/python || $(PY) -m venv var/scan/$$one; \
	  var/scan/$$one/bin/python -m pip install --quiet --disable-pip-version-check $$one \
	    || echo "$$one could not be installed"; done
	$(PY) -m pytest -n 0 -s -p no:randomly $(ARGS) tests/operations/scan.py

# Whether the fast tests notice a rule that was changed by a little; ARGS="crf/rules/ladder.py" for one file.
mutants: .venv/tested
	@set -f; sh ./.ci/mutants $(or $(ARGS),'crf/rules/*')

# The pictures of README's tour, anew from a demo that is built for them: after a change of what they show.
pictures: .venv/tested chromium
	@$(PY) -m tests.pictures

# What make test and make lint of this folder leave behind; the trial's data in var stay.
clean: .venv/ready
	@$(PY) -m trialsite.test_settings
	rm -rf var/lint .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache

chromium: .venv/tested
	@$(PY) tests/browser_for_tests.py

# The first Python that is new enough makes the folder; what is in it follows the locks. A server needs no test tools.
.venv/ready: requirements.lock
	@sh ./.ci/venv requirements.lock ready

.venv/tested: requirements-tests.lock
	@sh ./.ci/venv requirements-tests.lock tested && cp requirements.lock .venv/ready

# All versions and hashes anew, for every system and Python that is served: after a change of a requirements.txt.
locks: .venv/tested
	@$(PY) -m pip install --quiet --disable-pip-version-check uv
	@for pair in requirements.txt:requirements.lock tests/requirements.txt:requirements-tests.lock; do \
	  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --no-emit-find-links $${pair%%:*} -o $${pair##*:} || exit 1; done
