# `make demo` and `make test` each work alone on a machine with Python 3.11+, git and make.
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.8
# Where the environment forbids it, every process of the tests would compile all that it imports anew: a second or two each.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo test test-faults test-faults-full lint bench calibrate clean

setup: .venv/.installed

.venv/.installed: pyproject.toml uv.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv sync --frozen --all-groups --all-extras --inexact --quiet
	touch $@

demo: setup
	$(BIN)/flowbt demo

test: setup
	$(BIN)/pytest -n auto -m "not faults"

test-faults: setup
	$(BIN)/pytest -n 3 --dist=load -m faults tests/faults

# every fault and example that `make test` and `make test-faults` try a part of
test-faults-full: setup
	FLOWBT_FULL=1 $(BIN)/pytest -n 3 --dist=load -m "faults or thorough" tests/faults tests/lake tests/contracts

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m benchmarks

# hours on two cores: every p-value of an evaluation on markets without an edge, every interval on one with it
calibrate: setup
	$(BIN)/python -m tests.calibration

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
