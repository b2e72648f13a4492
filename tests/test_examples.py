"""Every public name of flowbt has an example in its docstring, and the examples run."""

import doctest
import inspect
import math
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import flowbt
from flowbt.lake import Lake
from flowbt.market import MarketConfig
from flowbt.metrics import SHIPPED, Catalogue, collecting

STRATEGIES = Path(__file__).parents[1] / "strategies"


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a lake `data` of two symbols over 90 sessions, and the shipped strategies."""
    folder = tmp_path_factory.mktemp("examples")
    config = MarketConfig(symbols=2, sessions=90, seed=7, contracts_per_snapshot=200)
    flowbt.simulate_market(Lake(folder / "data"), config)
    shutil.copytree(STRATEGIES, folder / "strategies")
    return folder


def examples_of(name: str) -> list[doctest.Example]:
    """The examples in the docstring of a public name."""
    return doctest.DocTestParser().get_examples(inspect.getdoc(getattr(flowbt, name)) or "")


@pytest.mark.parametrize("name", flowbt.__all__)
def test_the_examples_run(name: str, market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(market, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    names = {"flowbt": flowbt, "pl": pl, "date": date, "dataclass": dataclass, "math": math, "Path": Path}
    test = doctest.DocTest(examples_of(name), names, name, None, None, None)
    report: list[str] = []
    with collecting(Catalogue(parent=SHIPPED)):
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=report.append)
    assert result.attempted, f"{name} has no example in its docstring"
    assert not result.failed, "".join(report)
