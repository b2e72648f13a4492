"""A small market with a tape, and metrics of one's own in a catalogue."""

from collections.abc import Callable

import polars as pl
import pytest

from flowbt.audit import write_market
from flowbt.lake import Lake
from flowbt.market import MarketConfig
from flowbt.metrics import SHIPPED, Catalogue, collecting, metric
from flowbt.metrics.engine.definition import Grain

SMALL = MarketConfig(symbols=3, sessions=45, seed=20, contracts_per_snapshot=60, warmup_bars=30)
Define = Callable[..., Catalogue]


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Three symbols over 45 sessions."""
    return write_market(tmp_path_factory.mktemp("market"), SMALL)


@pytest.fixture(scope="session")
def define() -> Define:
    """A catalogue with metrics: `define(fear=formula)`, at history grain unless `grain` says another."""

    def make(into: Catalogue | None = None, grain: Grain = "history", **formulas: Callable[[], pl.Expr]) -> Catalogue:
        catalogue = Catalogue(parent=SHIPPED) if into is None else into
        with collecting(catalogue):
            for name, formula in formulas.items():
                metric(grain=grain, unit="1")(_named(formula, name))
        return catalogue

    return make


def _named(formula: Callable[[], pl.Expr], name: str) -> Callable[[], pl.Expr]:
    def written() -> pl.Expr:
        return formula()

    written.__name__, written.__doc__ = name, "A test."
    return written
