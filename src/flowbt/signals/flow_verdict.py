"""The flow verdict: is today's flow bearish or bullish, by the symbol's own habit? Own definition.

An index ETF trades two or three puts for each call every day, so a fixed threshold would call every day bearish. Each
part is therefore measured against the symbol's own last sessions.
"""

from dataclasses import dataclass

import polars as pl

from flowbt.errors import DefinitionError
from flowbt.signals.base import Signal, zscore

LONGEST = 2_520
"""Sessions: ten years."""


@dataclass(frozen=True)
class FlowVerdict(Signal):
    """Bearish when premium and volume lean to puts, and puts are added, more than is usual for the symbol.

    The score is the mean of three z-scores, each over a third and clipped to [-1, 1]: net premium ratio, minus the log
    put/call volume ratio, minus the change of the log put/call open interest ratio.

    Attributes:
        bearish: at or below minus this score the verdict is bearish.
        bullish: at or above this score it is bullish.
        lookback: sessions that make up the habit, today's not among them.
        min_history: sessions without which there is no verdict.
        require_gex_agreement: neutral unless gamma exposure has the verdict's sign.
    """

    bearish: float = 0.25
    bullish: float = 0.25
    lookback: int = 63
    min_history: int = 20
    require_gex_agreement: bool = False

    def __post_init__(self) -> None:
        """Refuse thresholds that cannot be meant."""
        if not 2 <= self.min_history <= self.lookback <= LONGEST:
            raise DefinitionError(
                f"FlowVerdict needs 2 <= min_history <= lookback <= {LONGEST}, not min_history={self.min_history}, "
                f"lookback={self.lookback}"
            )
        if not (0 < self.bearish <= 1 and 0 < self.bullish <= 1):
            raise DefinitionError(f"FlowVerdict needs bearish={self.bearish} and bullish={self.bullish} within (0, 1]")

    def parts(self) -> dict[str, pl.Expr]:
        """The three z-scores as they enter the score, each in [-1, 1]."""
        held = _log("put_call_oi_ratio")
        raw = {
            "net_premium_ratio": pl.col("net_premium_ratio"),
            "put_call_volume_ratio": -_log("put_call_volume_ratio"),
            "put_call_oi_ratio_change": -(held - held.shift(1)),
        }
        return {name: (zscore(values, self.lookback, self.min_history) / 3).clip(-1, 1) for name, values in raw.items()}

    def score(self) -> pl.Expr:
        """Mean of the three parts; null where one is missing."""
        parts = list(self.parts().values())
        return (parts[0] + parts[1] + parts[2]) / 3

    def verdict(self) -> pl.Expr:
        """The score against the two thresholds."""
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
