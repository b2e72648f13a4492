"""What a signal is: a frozen dataclass whose fields are its thresholds and whose methods are expressions over the history.

    score    in [-1, 1], null where there is too little history to say
    verdict  -1 bearish, 0 neutral, +1 bullish; null where the score is null
    trigger, target, stop   price levels in USD, where the signal has them

All that a signal says on session t is known by the close of t.
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
    """Base of all signals; a subclass is a frozen dataclass with a docstring that says the idea in one sentence."""

    @abstractmethod
    def score(self) -> pl.Expr:
        """How strongly the day leans, from -1 (bearish) to 1 (bullish)."""

    @abstractmethod
    def verdict(self) -> pl.Expr:
        """-1, 0 or 1; null where there is nothing to judge by."""

    def levels(self) -> dict[str, pl.Expr]:
        """Price levels that come with the verdict: `trigger`, `target`, `stop`, as far as the signal has them."""
        return {}

    def columns(self) -> dict[str, pl.Expr]:
        """Everything the signal says, by column name."""
        return {"score": self.score(), "verdict": self.verdict(), **self.levels()}

    @classmethod
    def name(cls) -> str:
        """As typed on the command line: `FlowVerdict` is `flow_verdict`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def zscore(values: pl.Expr, lookback: int, min_history: int) -> pl.Expr:
    """Today's value in standard deviations of the `lookback` sessions before it, today left out of mean and deviation.

    Null before `min_history` earlier values, and where they do not vary.
    """
    mean = values.rolling_mean(lookback, min_samples=min_history).shift(1)
    deviation = values.rolling_std(lookback, min_samples=min_history).shift(1)
    return pl.when(deviation > 1e-12).then((values - mean) / deviation)
