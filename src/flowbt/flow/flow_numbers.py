"""What traded on the day, with its percentiles among earlier sessions."""

from dataclasses import dataclass

import polars as pl

from flowbt.documents import Result
from flowbt.flow.day import Day
from flowbt.flow.requested_metrics import FLOW, TAPE


@dataclass(frozen=True, kw_only=True)
class FlowNumbers(Result):
    """The day's flow; None where unknown. Premium is in the currency of the exchange, percentiles are fractions.

    Attributes:
        net_premium: call premium minus put premium.
        gross_premium: their sum.
        net_premium_ratio: net over gross.
        net_premium_otm: net premium of out-of-the-money contracts.
        call_volume: contracts.
        put_volume: contracts.
        put_call_volume_ratio: put over call volume.
        flow_to_stock_ratio: put/call ratio of the volume over that of the open interest.
        is_dividend_play: whether deep in-the-money calls turned over before an ex-date.
        dividend_play_premium: their premium, which is left out above.
        net_premium_signed: signed by the tape's trade side.
        signed_premium_coverage: fraction of the tape's premium that has a side.
        blocks: number of blocks on the tape.
        net_block_premium: their net premium.
        sweeps: number of sweeps.
        net_sweep_premium: their net premium.
        put_call_oi_ratio: put over call open interest of live expiries.
        net_premium_percentile: share of the earlier sessions at or below today's value; None where there are too few.
        put_call_volume_percentile: likewise.
        put_call_oi_percentile: likewise.
    """

    net_premium: float | None
    gross_premium: float | None
    net_premium_ratio: float | None
    net_premium_otm: float | None
    call_volume: int | None
    put_volume: int | None
    put_call_volume_ratio: float | None
    flow_to_stock_ratio: float | None
    is_dividend_play: bool | None
    dividend_play_premium: float | None
    net_premium_signed: float | None
    signed_premium_coverage: float | None
    blocks: int | None
    net_block_premium: float | None
    sweeps: int | None
    net_sweep_premium: float | None
    put_call_oi_ratio: float | None
    net_premium_percentile: float | None
    put_call_volume_percentile: float | None
    put_call_oi_percentile: float | None


def flow_numbers(day: Day, min_history: int) -> FlowNumbers:
    """The day's flow, with percentiles from `min_history` earlier sessions on."""
    metrics = {name: day.today[name] for name in (*FLOW, *TAPE, "put_call_oi_ratio")}

    def rank(metric: str) -> float | None:
        return percentile(day.history[metric], min_history)

    return FlowNumbers(
        **metrics,
        net_premium_percentile=rank("net_premium"),
        put_call_volume_percentile=rank("put_call_volume_ratio"),
        put_call_oi_percentile=rank("put_call_oi_ratio"),
    )


def percentile(values: pl.Series, min_history: int) -> float | None:
    """Share of the earlier sessions at or below the last value; None before `min_history` of them, or without a last value."""
    today, earlier = values[-1], values[:-1].drop_nulls()
    if today is None or len(earlier) < min_history:
        return None
    return float((earlier <= today).sum() / len(earlier))
