# `make run` opens the workstation, `make test` tests it; each first sets up what it needs.

PYTHON ?= python3
PYTEST_ARGS ?=
SETUP := resources/setup/environment.py
IN_VENV := .venv/bin/python

.PHONY: help setup run test test-window check fix bench mutations verification screenshots lock clean

help:
	@echo "make run          open the workstation (headless review of the demo book without a display)"
	@echo "make test         all tests, without a screen; PYTEST_ARGS='-m \"not slow\"' for some"
	@echo "make test-window  the tests that need a window, in a real one under Xvfb"
	@echo "make check        ruff, format, mypy, import contracts"
	@echo "make fix          what ruff can repair by itself"
	@echo "make bench        the speed figures, beside other libraries"
	@echo "make mutations    put every listed fault into a copy of the rules: a test must notice; VENUE=okx for some"
	@echo "make verification every published figure beside ours, as a page of the guide"
	@echo "make screenshots  pictures of every region and theme, in build/screenshots"
	@echo "make setup        only the set-up that the others begin with"
	@echo "make lock         choose the newest allowed versions and lock them"
	@echo "make clean        remove .venv, build and caches"

setup:
	@$(PYTHON) $(SETUP) display
	@echo "Set up: .venv holds the packages of requirements.lock"

run:
	@$(PYTHON) $(SETUP) display
	@$(IN_VENV) main.py

test:
	@$(PYTHON) $(SETUP)
	QT_QPA_PLATFORM=offscreen $(IN_VENV) -m pytest $(PYTEST_ARGS)

test-window:
	@$(PYTHON) $(SETUP) xvfb
	QT_QPA_PLATFORM=xcb xvfb-run -a -s "-screen 0 1920x1200x24" $(IN_VENV) -m pytest -m window $(PYTEST_ARGS)

check:
	@$(PYTHON) $(SETUP)
	$(IN_VENV) -m ruff check
	$(IN_VENV) -m ruff format --check
	$(IN_VENV) -m mypy
	.venv/bin/lint-imports --no-logo

fix:
	@$(PYTHON) $(SETUP)
	$(IN_VENV) -m ruff check --fix
	$(IN_VENV) -m ruff format

bench:
	@$(PYTHON) $(SETUP) bench
	QT_QPA_PLATFORM=offscreen $(IN_VENV) -m tests.benchmarks

mutations:
	@$(PYTHON) $(SETUP)
	$(IN_VENV) -m tests.mutations $(VENUE) --jobs 2

verification:
	@$(PYTHON) $(SETUP)
	$(IN_VENV) -m tests.verification

screenshots:
	@$(PYTHON) $(SETUP)
	QT_QPA_PLATFORM=offscreen $(IN_VENV) main.py screenshots --out build/screenshots

# Names, versions and hashes only; one version of each package for every Python from 3.11 on.
COMPILE := build/lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-header --upgrade

lock:
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) --group dev --output-file requirements.lock
	$(COMPILE) --group dev --group bench --constraint requirements.lock --output-file requirements-bench.lock
	@echo "Wrote requirements.lock and requirements-bench.lock"

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
