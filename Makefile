# Every target works from a clean clone and says in one sentence what is missing if it cannot.
# What it needs is made once and kept: .venv (Python packages by hash), instance/ (database, key), .tools/ (uv).

SHELL := /bin/bash
.DEFAULT_GOAL := help
# Without what Python keeps of a compiled file, each worker of a test run and each process that a test starts compiles
# everything again: 10 s for the tests alone.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help run test test-fast bench bench-swarm bench-impact lint audit lock demo-reset vendor

FLASK := .venv/bin/python -m flask --app wsgi
PYTEST := .venv/bin/python -m pytest

help: ## Say what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1 \t/' | expand -t 20

run: .venv/.run ## Start web server and worker with the demo organisation
	@DEMO=$${DEMO:-1} exec $(FLASK) start

test: .venv/.test ## Run every test on SQLite, PostgreSQL and in a real browser
	@scripts/test_tools.sh
	@$(PYTEST) -q --db both -n 2 --dist worksteal

test-fast: .venv/.test ## The inner loop: SQLite, no browser, nothing slow
	@$(PYTEST) -q -n 2 --dist worksteal -m "not browser and not slow"

bench: .venv/.large ## Measure pages and votes against the limit of this machine (ARGS='--sizes 1000 --seconds 3')
	@scripts/bench_tools.sh
	@.venv/bin/python -m bench $(ARGS)
	@.venv/bin/python -m bench.transfers --json bench/results/transfers.json

bench-swarm: .venv/.test ## Judge the rules of ranking and promotion in a simulated portal (ARGS='--runs 10 --variants all')
	@.venv/bin/python -m bench.swarm $(ARGS)

bench-impact: .venv/.test ## Judge the estimator of impact on made-up contact centres (ARGS='--runs 300')
	@.venv/bin/python -m bench.impact $(ARGS)

lint: .venv/.test ## Look at style and types
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

audit: .venv/.test ## Lighthouse, HTML checker, axe on every page, long schemathesis; needs Node and Java
	@scripts/audit.sh

lock: ## Write requirements/*.txt from requirements/*.in
	@scripts/lock.sh

demo-reset: .venv/.run ## Forget the demo database; the next make run loads it afresh
	@scripts/demo_reset.sh

vendor: ## Copy the vendored scripts of the front end into static/vendor
	@scripts/vendor.sh

.venv/.run: requirements/run.txt
	@scripts/environment.sh run

.venv/.test: requirements/test.txt requirements/run.txt requirements/published.txt
	@scripts/environment.sh test

.venv/.large: requirements/large.txt requirements/run.txt
	@scripts/environment.sh large
