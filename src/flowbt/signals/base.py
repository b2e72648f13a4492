"""Signals: frozen dataclasses whose fields are thresholds and whose methods are expressions over a symbol's history.

    score    in [-1, 1], null where there is too little history
    verdict  -1 bearish, 0 neutral, +1 bullish; null where the score is null
    trigger, target, stop   price levels in USD, where the signal has them

All values of session t are known by the close of t.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

VERDICT_NAMES: Final[Mapping[int, str]] = {-1: "bearish", 0: "neutral", 1: "bullish"}
"""The verdict column's codes, in words."""


@dataclass(frozen=True)
class Signal(ABC):
    """Base class of all signals; a subclass is a frozen dataclass whose docstring states the idea in one sentence.

    A subclass implements `score` and `verdict`, and `levels` if it has price levels. Expressions read metrics by name
    and only look back.

    Examples:
        >>> @dataclass(frozen=True)
        ... class PutPressure(flowbt.Signal):
        ...     '''Bearish when more than `above` puts trade for each call, bullish when fewer than one for each `above` calls.'''
        ...
        ...     above: float = 1.5
        ...
        ...     def score(self) -> pl.Expr:
        ...         return -pl.col("put_call_volume_ratio").log()
        ...
        ...     def verdict(self) -> pl.Expr:
        ...         return pl.when(self.score().abs() > math.log(self.above)).then(self.score().sign()).otherwise(0).cast(pl.Int8)
        >>> PutPressure().name()
        'put_pressure'
    """

    @abstractmethod
    def score(self) -> pl.Expr:
        """Direction and strength of the day, from -1 (bearish) to 1 (bullish); null where there is too little history."""

    @abstractmethod
    def verdict(self) -> pl.Expr:
        """-1 bearish, 0 neutral, 1 bullish; null where there is nothing to judge by."""

    def levels(self) -> dict[str, pl.Expr]:
        """Price levels of the verdict in USD: `trigger`, `target`, `stop`, as far as the signal has them."""
        return {}

    def columns(self) -> dict[str, pl.Expr]:
        """All expressions of the signal, by column name."""
        return {"score": self.score(), "verdict": self.verdict(), **self.levels()}

    @classmethod
    def name(cls) -> str:
        """Name on the command line: `FlowVerdict` is `flow_verdict`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def zscore(values: pl.Expr, lookback: int, min_history: int) -> pl.Expr:
    """Standard score of today's value against the `lookback` sessions before it; today is not part of mean and deviation.

    Args:
        values: one value per session.
        lookback: sessions before today.
        min_history: earlier values needed.

    Returns:
        Standard deviations from the mean (sample deviation, divisor n - 1); null with fewer than `min_history` earlier
        values, and where they do not vary.

    Examples:
        >>> values = pl.DataFrame({"ratio": [1.0, 2.0, 3.0, 4.0]})
        >>> values.select(flowbt.zscore(pl.col("ratio"), lookback=3, min_history=3)).to_series().to_list()
        [None, None, None, 2.0]
    """
    mean = values.rolling_mean(lookback, min_samples=min_history).shift(1)
    deviation = values.rolling_std(lookback, min_samples=min_history).shift(1)
    return pl.when(deviation > 1e-12).then((values - mean) / deviation)
