"""The command line run as a user runs it, but for the process: importing everything anew would cost seconds a test."""

import json
import os
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from flowbt.cli import main
from flowbt.lake import Lake
from flowbt.market import MarketConfig
from flowbt.workflows.simulate import simulate_market

STRATEGIES = Path(__file__).parents[2] / "strategies"


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """stdout as JSON; NaN and Infinity are no JSON."""
        return json.loads(self.out, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} in the JSON")


Run = Callable[..., Said]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """`run("status", "--json")` in an empty folder."""
    folder = tmp_path_factory.mktemp("elsewhere")

    def call(*arguments: str | Path) -> Said:
        out, err, code = StringIO(), StringIO(), 0
        with chdir(folder), redirect_stdout(out), redirect_stderr(err):
            try:
                main([os.fspath(argument) for argument in arguments])
            except SystemExit as stop:
                code = int(stop.code or 0)
        return Said(code, out.getvalue(), err.getvalue())

    return call


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic lake of two symbols over 70 sessions."""
    path = tmp_path_factory.mktemp("lake")
    simulate_market(Lake(path), MarketConfig(symbols=2, sessions=70, seed=3, contracts_per_snapshot=150))
    return path


@pytest.fixture(scope="session")
def strategies() -> Path:
    """The shipped strategies' folder."""
    return STRATEGIES
