"""Panels whose answers can be worked out by hand."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

import numpy as np
import polars as pl
import pytest

from flowbt.calendar import sessions
from flowbt.evaluation.forward_returns import Entry, outcomes_of
from flowbt.evaluation.panel import Panel, panel_of
from flowbt.schema import PRICE_BARS, conform

DAYS = sessions(date(2023, 1, 3), date(2026, 6, 30))
MakePanel = Callable[..., Panel]
Value = TypeVar("Value")


def known(value: Value | None) -> Value:
    """The value of a result that must have one."""
    assert value is not None
    return value


@pytest.fixture(scope="session")
def make_panel() -> MakePanel:
    """A panel from verdicts and the moves that follow each over one session: `make_panel([1, 0], [0.02, 0.0])`.

    Two-dimensional values are several symbols, named S00, S01, ... A move of None ends the prices.
    """

    def make(
        verdicts: Sequence[object],
        moves: Sequence[object],
        *,
        scores: Sequence[object] | None = None,
        entry: Entry = "close",
    ) -> Panel:
        said, moved = (np.array(values, float) for values in (verdicts, moves))
        if said.ndim == 1:
            said, moved = said[:, None], moved[:, None]
        strength = said if scores is None else np.array(scores, float).reshape(said.shape)
        count, width = said.shape
        prices = 100 * np.cumprod(np.vstack([np.ones(width), 1 + moved]), axis=0)
        names = [f"S{number:02d}" for number in range(width)]
        bars = pl.concat(
            pl.DataFrame({"date": DAYS[: count + 1], "close": prices[:, number]})
            .filter(pl.col("close").is_not_nan())
            .with_columns(symbol=pl.lit(name), open="close", high=pl.col("close") * 1.01, low=pl.col("close") * 0.99)
            for number, name in enumerate(names)
        )
        rows = pl.concat(
            pl.DataFrame({"date": DAYS[:count], "verdict": said[:, number], "score": strength[:, number]})
            .with_columns(symbol=pl.lit(name))
            .with_columns(pl.col("verdict", "score").fill_nan(None))
            for number, name in enumerate(names)
        )
        return panel_of(rows, outcomes_of(conform(bars, PRICE_BARS), entry))

    return make
