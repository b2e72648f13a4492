"""A day's facts as the document of `flowbt verdict` (interface.md), still without words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import polars as pl

from flowbt.calendar import next_session, previous_session
from flowbt.flow.chart_data import pictures
from flowbt.flow.contracts import cited, notable
from flowbt.flow.day import Day
from flowbt.flow.excluded_flow import discounted
from flowbt.flow.ideas import Idea, trade_ideas
from flowbt.flow.levels import levels, peaks
from flowbt.flow.positioning import max_pain, positioning
from flowbt.flow.prints import Tape, blocks, with_sides
from flowbt.flow.requested_metrics import FLOW, TAPE
from flowbt.flow.track_record import Record
from flowbt.flow.triggers import watch
from flowbt.flow.warnings import warnings
from flowbt.settings import flatten
from flowbt.signals import FlowVerdict

VERDICTS: Final = {-1: "bearish", 0: "neutral", 1: "bullish"}
RANKED: Final = {
    "net_premium_percentile": "net_premium",
    "put_call_volume_percentile": "put_call_volume_ratio",
    "put_call_oi_percentile": "put_call_oi_ratio",
}
PART: Final = "part: "


@dataclass(frozen=True)
class Subject:
    """What every day of a report is judged by.

    Attributes:
        signal: the flow verdict with its thresholds.
        ideas: the trade ideas.
        own_levels: levels of somebody's own, by name.
        cited: contracts that somebody cites.
        days: all days of the symbol that a report can be had for, ascending.
        snapshots: all that the lake holds, partial ones too.
        tape: what the tape of the days asked for says.
        rejected: prints that were set aside (`flowbt.flow.excluded_flow.expired_prints`).
    """

    signal: FlowVerdict
    ideas: Sequence[Idea]
    own_levels: Mapping[str, float] = field(default_factory=dict)
    cited: Sequence[str] = ()
    days: Sequence[date] = ()
    snapshots: Sequence[date] = ()
    tape: Tape = field(default_factory=Tape)
    rejected: pl.DataFrame = field(default_factory=pl.DataFrame)

    def columns(self) -> dict[str, pl.Expr]:
        """What it wants of the history, besides the metrics."""
        found = {**self.signal.columns(), **{PART + name: part for name, part in self.signal.parts().items()}}
        for idea in self.ideas:
            found |= idea.columns()
        return found


def facts(day: Day, subject: Subject, record: Record) -> dict[str, Any]:
    """The document of a day, without `conventions` and what words say."""
    today, signal = day.today, subject.signal
    stand_out = with_sides(day, notable(day), subject.tape)
    mentioned = cited(day, subject.cited)
    levels_of_day = levels(day, subject.own_levels)
    ideas = [{**idea, "record": record.of_idea(idea["idea"], day.date)} for idea in trade_ideas(day, subject.ideas)]
    following = next_session(day.date, day.exchange)
    awaits = day.decision == "pre_open" and day.oi_lag == 1 and following not in subject.snapshots
    ranks = {name: percentile(day.history[of], signal.min_history) for name, of in RANKED.items()}
    return {
        "symbol": day.symbol,
        "date": day.date,
        "exchange": day.exchange,
        "spot": day.spot,
        "spot_source": today["spot_source"],
        "spot_time": day.quote_time,
        "close": day.bar.get("close"),
        "change": _change(day),
        "decision": day.decision,
        "verdict": VERDICTS.get(today["verdict"]),
        "score": today["score"],
        "parts": {name.removeprefix(PART): today[name] for name in today if name.startswith(PART)},
        "history": {
            "sessions": day.history.height,
            "earlier": day.history.height - 1,
            "needed": signal.min_history + 1,
            "lookback": signal.lookback,
        },
        "unpublished": following if awaits else None,
        "flow": {name: today[name] for name in (*FLOW, *TAPE, "put_call_oi_ratio")} | ranks,
        "notable": stand_out,
        "cited": mentioned,
        "prints": blocks(day, subject.tape),
        "warnings": warnings(day),
        "positioning": positioning(day),
        "max_pain": max_pain(day),
        "max_pain_flat": today["max_pain_flat"],
        "levels": levels_of_day,
        "peaks": peaks(day),
        "noise": discounted(day, stand_out, mentioned, subject.rejected),
        "watch": watch(day, stand_out, levels_of_day["labelled"]),
        "trade_ideas": ideas,
        "record": record.of_verdict(day.date),
        "pictures": pictures(day),
        "parameters": flatten(signal),
        "newer_report": subject.days[-1] if subject.days[-1] > day.date else None,
    }


def _change(day: Day) -> float | None:
    """Close over the close of the session before, less 1; None unless both have a bar."""
    before = day.bars.filter(pl.col("date") == previous_session(day.date, day.exchange))["close"].to_list()
    close = day.bar.get("close")
    return float(close / before[0] - 1) if before and before[0] and close is not None else None


def percentile(values: pl.Series, min_history: int) -> float | None:
    """Share of the earlier sessions at or below the last value; None before `min_history` of them, or without a last value."""
    today, earlier = values[-1], values[:-1].drop_nulls()
    if today is None or len(earlier) < min_history:
        return None
    return float((earlier <= today).sum() / len(earlier))
