"""Flow verdict: whether today's flow is bearish or bullish relative to the symbol's own history. Own definition.

An index ETF trades two or three puts per call every day, so a fixed threshold would make every day bearish. Each
component is therefore measured against the symbol's own recent sessions.
"""

from dataclasses import dataclass

import polars as pl

from flowbt.errors import DefinitionError
from flowbt.signals.base import Signal, zscore

LONGEST = 2_520
"""Largest lookback in sessions: ten years."""


@dataclass(frozen=True)
class FlowVerdict(Signal):
    """Bearish when premium and volume lean towards puts, and puts are added, more than usual for the symbol.

    The score is the mean of three z-scores, each divided by 3 and clipped to [-1, 1]: net premium ratio, minus the log
    put/call volume ratio, minus the change of the log put/call open interest ratio.

    Attributes:
        bearish: the verdict is bearish at or below minus this score.
        bullish: the verdict is bullish at or above this score.
        lookback: earlier sessions that the z-scores compare with; today is not among them.
        min_history: earlier sessions needed for a verdict.
        require_gex_agreement: neutral unless gamma exposure has the sign of the verdict.

    Examples:
        >>> flowbt.FlowVerdict(bearish=0.3).name()
        'flow_verdict'
    """

    bearish: float = 0.25
    bullish: float = 0.25
    lookback: int = 63
    min_history: int = 20
    require_gex_agreement: bool = False

    def __post_init__(self) -> None:
        """Refuse thresholds that are out of range."""
        if not 2 <= self.min_history <= self.lookback <= LONGEST:
            raise DefinitionError(
                f"FlowVerdict needs 2 <= min_history <= lookback <= {LONGEST}, got min_history={self.min_history}, "
                f"lookback={self.lookback}"
            )
        if not (0 < self.bearish <= 1 and 0 < self.bullish <= 1):
            raise DefinitionError(
                f"FlowVerdict needs bearish and bullish in (0, 1], got bearish={self.bearish}, bullish={self.bullish}"
            )

    def parts(self) -> dict[str, pl.Expr]:
        """The three components as they enter the score, each in [-1, 1]."""
        oi_ratio = _log("put_call_oi_ratio")
        raw = {
            "net_premium_ratio": pl.col("net_premium_ratio"),
            "put_call_volume_ratio": -_log("put_call_volume_ratio"),
            "put_call_oi_ratio_change": -(oi_ratio - oi_ratio.shift(1)),
        }
        return {name: (zscore(values, self.lookback, self.min_history) / 3).clip(-1, 1) for name, values in raw.items()}

    def score(self) -> pl.Expr:
        """Mean of the three components; null where one is missing."""
        parts = list(self.parts().values())
        return (parts[0] + parts[1] + parts[2]) / 3

    def verdict(self) -> pl.Expr:
        """-1, 0 or 1 by comparing the score with the two thresholds; null where the score is."""
        score = self.score()
        side: pl.Expr = (
            pl.when(score <= -self.bearish)
            .then(-1)
            .when(score >= self.bullish)
            .then(1)
            .when(score.is_not_null())
            .then(0)
        )
        if self.require_gex_agreement:
            side = pl.when(side.is_null() | (side == 0) | (pl.col("gex").sign() == side)).then(side).otherwise(0)
        return side.cast(pl.Int8)


def _log(ratio: str) -> pl.Expr:
    return pl.when(pl.col(ratio) > 0).then(pl.col(ratio).log())
