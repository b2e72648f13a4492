"""The daily flow report: what a chain says on one day, by the symbol's own habit, every number with its convention."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from flowbt.calendar import next_session
from flowbt.errors import LakeError
from flowbt.lake import Lake
from flowbt.metrics import SHIPPED, Decision, Request, compute, decision_named
from flowbt.settings import configure, flatten
from flowbt.signals import FlowVerdict

NAMES = {-1: "bearish", 0: "neutral", 1: "bullish"}
FLOW = (
    "net_premium", "gross_premium", "net_premium_ratio", "net_premium_otm", "call_volume", "put_volume",
    "put_call_volume_ratio", "flow_to_stock_ratio", "is_dividend_play", "dividend_play_premium",
)  # fmt: skip
HELD = (
    "call_open_interest", "put_open_interest", "put_call_oi_ratio", "call_oi_change", "put_oi_change", "gex",
    "gex_coverage", "dex_net", "dex_gross",
)  # fmt: skip
LEVELS = (
    "call_wall", "put_wall", "zero_gamma", "absolute_gamma_strike", "call_oi_peak", "put_oi_peak", "contention_strike",
    "next_call_peak", "put_floor", "pivot", "support_1", "resistance_1", "low_30", "high_30", "sma_30", "sma_200", "bollinger_lower", "bollinger_mid", "bollinger_upper",
)  # fmt: skip
RANKED = {"put_call_volume_percentile": "put_call_volume_ratio", "put_call_oi_percentile": "put_call_oi_ratio"}
PART_WORDS = {
    "net_premium_ratio": "net premium ratio",
    "put_call_volume_ratio": "put/call volume ratio",
    "put_call_oi_ratio_change": "change of the put/call open interest ratio",
}
CONVENTIONS = {
    "net_premium": "call premium minus put premium, unsigned (an end-of-day chain has no trade side)",
    "dividend_plays": "left out of the flow: deep in-the-money calls that turned over before an ex-date, told by pattern",
    "positioning": "live expiries only; the open interest of each day as known at the decision",
    "gex": "USD per 1% move; dealers assumed long calls and short puts; gamma from implied volatility where not given",
    "dex_gross": "sum of |delta|: cannot be negative, so its sign says nothing",
    "max_pain_gap": "(spot - max pain) / max pain, spot at the chain's own quote time",
    "verdict": "mean of three z-scores over the symbol's own earlier sessions, each divided by 3 and clipped to [-1, 1]",
}
OPEN_INTEREST: dict[Decision, str] = {
    "close": "that known at the close of the day, of the close before; changes are those of the session before",
    "pre_open": "that of the close of the day, published before the next open; changes are those of the day's session",
}
EXPIRIES_SHOWN = 8
MAX_PAIN = ("max_pain", "max_pain_low", "max_pain_high", "max_pain_gap")
FLOORS = tuple(f"put_floor(rank={rank})" for rank in (1, 2, 3))


def flow_report(
    lake: Lake,
    symbol: str,
    day: date | None = None,
    settings: Mapping[str, str] | None = None,
    *,
    decision: Decision = "close",
    include_partial: bool = False,
) -> dict[str, Any]:
    """The flow and positioning of a symbol on a day (its latest by default), as a document.

    Only what was known at the decision is read: after the close of the day, or before the next open (`pre_open`), when its
    open interest has been published. A percentile is the share of the symbol's earlier sessions at or below today's value,
    null before `min_history` of them. Snapshots that were taken before their session ended count with `include_partial` only.

    Raises:
        LakeError: no snapshot of the symbol on that day.
        UnknownNameError: no such decision.
    """
    decision = decision_named(decision)
    signal = configure(FlowVerdict(), settings or {})
    (symbol,) = lake.require_symbols([symbol])
    held = lake.snapshots([symbol])
    days = held.filter(pl.lit(include_partial) | ~pl.col("partial_day"))["date"].to_list()
    day = _day_of(symbol, day, days, held["date"].to_list())
    expressions = {**signal.columns(), **{f"part_{name}": part for name, part in signal.parts().items()}}
    expressions |= {name: _percentile(of, signal.min_history) for name, of in RANKED.items()}
    names = ("spot", "max_pain_flat", "zero_gamma_status", *FLOORS, *FLOW, *HELD, *LEVELS)
    clock: dict[str, Any] = {"decision": decision, "include_partial": include_partial}
    history = compute(lake, Request((symbol,), last=day, metrics=names, expressions=expressions, **clock), SHIPPED)
    today = history.row(-1, named=True)
    of_expiries = Request((symbol,), day, day, "expiry", MAX_PAIN, **clock)
    expiries = compute(lake, of_expiries, SHIPPED).filter(pl.col("expiration") > day)
    quote_time, lag = _quoted(lake, symbol, day)
    reasons = _reasons(today, signal, history.height)
    if decision == "pre_open" and lag == 1 and next_session(day) not in held["date"]:
        reasons.insert(0, _not_published(day))
    return {
        "symbol": symbol,
        "date": day,
        "spot": today["spot"],
        "spot_time": quote_time,
        "decision": decision,
        "verdict": NAMES.get(today["verdict"]),
        "score": today["score"],
        "reasons": reasons,
        "flow": {name: today[name] for name in (*FLOW, "put_call_oi_ratio", *RANKED)},
        "positioning": {name: today[name] for name in HELD} | {"zero_gamma_status": today["zero_gamma_status"]},
        "max_pain": [_max_pain(row) for row in expiries.head(EXPIRIES_SHOWN).iter_rows(named=True)],
        "max_pain_flat": today["max_pain_flat"],
        "levels": {name: today[name] for name in LEVELS} | _level_lists(today),
        "parameters": flatten(signal),
        "conventions": CONVENTIONS | {"open_interest": OPEN_INTEREST[decision]},
        "newer_report": days[-1] if days[-1] > day else None,
    }


def _day_of(symbol: str, day: date | None, days: Sequence[date], held: Sequence[date]) -> date:
    """The day asked for, or the latest."""
    if not days or (day in held and day not in days):
        raise LakeError(
            f"the chain of {symbol} on {day or held[-1]} was taken before its session ended: --include-partial shows it"
        )
    if day is not None and day not in days:
        near = max((other for other in days if other < day), default=days[0])
        raise LakeError(f"no chain of {symbol} on {day}; the nearest held is {near} (of {days[0]} to {days[-1]})")
    return day or days[-1]


def _quoted(lake: Lake, symbol: str, day: date) -> tuple[datetime | None, int | None]:
    """When the day's chain was quoted, and how its open interest lags."""
    rows = lake.strike_rows(["quote_time", "oi_lag"], [symbol], day, day)
    quote_time, lag = rows.select(pl.col("quote_time").max(), pl.col("oi_lag").max()).row(0)
    return quote_time, lag


def _not_published(day: date) -> str:
    return (
        f"the open interest of the close of {day} is not known: it is published before the open of {next_session(day)}, "
        "whose chain is not in the lake"
    )


def _percentile(metric: str, min_history: int) -> pl.Expr:
    """Share of the earlier sessions at or below today's value; on the last row only, which is all that is shown."""
    today, earlier = pl.col(metric).last(), pl.col(metric).slice(0, pl.len() - 1)
    share = (earlier <= today).sum() / earlier.count()
    return pl.when(earlier.count() >= min_history).then(share)


def _level_lists(today: Mapping[str, Any]) -> dict[str, list[float | None]]:
    bands = [today[f"bollinger_{name}"] for name in ("lower", "mid", "upper")]
    return {"bollinger": bands, "put_floors": [today[name] for name in FLOORS if today[name] is not None]}


def _reasons(today: Mapping[str, Any], signal: FlowVerdict, sessions: int) -> list[str]:
    """The parts of the score, the heaviest first, or why there is no verdict."""
    parts = {name: today[f"part_{name}"] for name in PART_WORDS}
    if today["score"] is None:
        if sessions <= signal.min_history:
            return [f"too little history: {sessions} sessions held, {signal.min_history + 1} needed"]
        missing = [PART_WORDS[name] for name, part in parts.items() if part is None]
        return [f"not known on this day, or not in enough of the sessions before: {', '.join(missing)}"]
    order = sorted(parts, key=lambda name: -abs(parts[name]))
    return [
        f"{PART_WORDS[name]}: {abs(parts[name]) * 3:.1f} sd to the {'bullish' if parts[name] > 0 else 'bearish'} side "
        f"of its last {signal.lookback} sessions" + (" (at the clip)" if abs(parts[name]) >= 1 else "")
        for name in order
    ]


def _max_pain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "expiration": row["expiration"],
        "max_pain": row["max_pain"],
        "low": row["max_pain_low"],
        "high": row["max_pain_high"],
        "gap": row["max_pain_gap"],
    }
