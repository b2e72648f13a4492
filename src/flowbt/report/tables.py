"""The tables of a report, as text: laid out once, shown in the terminal and on the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from flowbt.evaluation.inference import FEWEST
from flowbt.report.glossary import COUNTS, EVENTS, EXIT_REASONS, MEASURES, Term, term
from flowbt.report.judgement import DIRECTIONS, reading
from flowbt.report.notation import (
    MISSING,
    cell,
    count,
    counted,
    day,
    interval,
    known,
    p_value,
    percent,
    plain,
    points,
)

MOST_ROWS: Final = 200
"""A longer list of trades is shown by its first and last hundred."""


@dataclass(frozen=True)
class Column:
    """A column's heading; numbers stand to the right."""

    heading: str
    number: bool = True


@dataclass(frozen=True)
class Table:
    """Rows of text under their columns; `note` says what the table leaves out."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def _texts(*headings: str) -> tuple[Column, ...]:
    return tuple(Column(heading, number=False) for heading in headings)


def _numbers(*headings: str) -> tuple[Column, ...]:
    return tuple(Column(heading) for heading in headings)


def measures_table(document: Mapping[str, Any]) -> Table:
    """Every measure of the account, then those of the events, with one line on what each means."""
    measures = dict(document.get("measures") or {})
    if "buy_and_hold" in document:
        measures = {"total_return": None, "buy_and_hold": document["buy_and_hold"], **measures}
    rows = [*_described(MEASURES, measures), *_described(EVENTS, document.get("events") or {})]
    return Table("Key measures", (*_texts("Measure"), *_numbers("Value"), *_texts("Meaning")), tuple(rows))


def counts_table(document: Mapping[str, Any]) -> Table:
    """What became of the plans, and what was missing."""
    counts = dict(document.get("counts") or {})
    for name in ("plans", "open_trades", "missing_quotes"):
        if name in document:
            counts.setdefault(name, document[name])
    ordered = {name: counts.pop(name) for name in COUNTS if name in counts} | counts
    columns = (*_texts("What"), *_numbers("Number"), *_texts("Meaning"))
    return Table("What became of the plans", columns, tuple(_described(COUNTS, ordered)))


def _described(terms: dict[str, Term], values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    found = [(term(terms, name), value) for name, value in values.items()]
    return [(known_as.label, known_as.write(value), known_as.meaning) for known_as, value in found]


def hit_rate_table(horizons: Sequence[Mapping[str, Any]]) -> Table:
    """Hit rate against base rate, per horizon and verdict; luck is not judged on fewer than ten verdicts.

    A neutral verdict has no direction and no row; the note counts them.
    """
    rows = []
    for horizon, name, found in _cells(horizons):
        if name not in DIRECTIONS:
            continue
        enough = (known(found.get("n")) or 0) >= FEWEST
        rows.append(
            (
                *(horizon, name, count(found.get("n")), count(found.get("effective_n"))),
                *(percent(found.get("hit_rate")), interval(found.get("hit_ci"), lambda share: percent(share, 0))),
                *(percent(found.get("base_rate")), points(found.get("lift"), 1)),
                interval(found.get("lift_ci"), points) if enough else MISSING,
                p_value(found.get("p_value")) if enough else MISSING,
                points(found.get("minimum_detectable")).lstrip("+") if enough else MISSING,
                reading(found),
            )
        )
    columns = (
        *_numbers("Sessions"),
        *_texts("Verdict"),
        *_numbers("n", "Effective n", "Hit rate", "Its 95%", "Base rate", "Lift", "Lift 95%", "p", "Visible"),
        *_texts("Reading"),
    )
    return Table("Hit rate against base rate", columns, tuple(rows), _coverage(horizons))


def _coverage(horizons: Sequence[Mapping[str, Any]]) -> str:
    """The units of the table, and how many verdicts were neutral."""
    units = "Lift and the smallest visible lift in percentage points."
    neutral = known((horizons[0]["verdicts"].get("neutral") or {}).get("n")) if horizons else None
    if neutral is None:
        return units
    return f"{units} Neutral, without a direction to judge: {counted(int(neutral), 'verdict')}."


def returns_table(horizons: Sequence[Mapping[str, Any]]) -> Table:
    """Mean returns per horizon and verdict, and what they are above the symbols' usual."""
    rows = []
    for horizon, name, found in _cells(horizons):
        enough = (known(found.get("n")) or 0) >= FEWEST
        rows.append(
            (
                *(horizon, name, count(found.get("n"))),
                *(_hundredths(found.get("mean_return")), _hundredths(found.get("mean_excess_return"))),
                interval(found.get("mean_excess_ci"), _hundredths) if enough else MISSING,
                p_value(found.get("return_p_value")) if enough else MISSING,
            )
        )
    columns = (
        *_numbers("Sessions"),
        *_texts("Verdict"),
        *_numbers("n", "Mean return", "Above the usual", "Its 95%", "p"),
    )
    return Table("Mean return after a verdict", columns, tuple(rows))


def buckets_table(buckets: Sequence[Mapping[str, Any]]) -> Table:
    """What followed the values of a series, from its lowest (bucket 1) to its highest."""
    rows = tuple(
        (
            *(count(bucket.get("bucket")), count(bucket.get("n")), plain(bucket.get("mean_value"), 4)),
            *(_hundredths(bucket.get("mean_return")), percent(bucket.get("mean_abs_return"), 2)),
            percent(bucket.get("up_rate")),
        )
        for bucket in buckets
    )
    columns = _numbers("Bucket", "n", "Mean value", "Mean return", "Mean size of a return", "Share up")
    return Table("What followed low and high values", columns, rows)


def _hundredths(value: Any) -> str:
    return percent(value, 2, signed=True)


def _cells(horizons: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, Mapping[str, Any]]]:
    return [
        (count(horizon["horizon"]), name, found or {})
        for horizon in horizons
        for name, found in horizon["verdicts"].items()
    ]


def trades_table(trades: pl.DataFrame) -> Table:
    """The trades by entry; of a long list the first and the last, with a note of it."""
    half = MOST_ROWS // 2
    shown, note = trades, ""
    if trades.height > MOST_ROWS:
        shown = pl.concat([trades.head(half), trades.tail(half)])
        note = f"The first and the last {half} of {trades.height:,} trades; trades.parquet holds all."
    rows = tuple(
        (
            *(trade["symbol"], trade["instrument"], trade["side"]),
            *(day(trade["signal_date"]), day(trade["entry_date"]), plain(trade["entry_price"])),
            *(day(trade["exit_date"]), plain(trade["exit_price"])),
            EXIT_REASONS.get(trade["exit_reason"], cell(trade["exit_reason"])),
            *(plain(trade["size"]), plain(trade["fees"]), plain(trade["pnl"], signed=True)),
            percent(trade["return"], 2, signed=True),
        )
        for trade in shown.iter_rows(named=True)
    )
    columns = (
        *_texts("Symbol", "Instrument", "Side", "Signal", "Entry"),
        *_numbers("Entry price"),
        *_texts("Exit"),
        *_numbers("Exit price"),
        *_texts("Reason"),
        *_numbers("Shares", "Fees, USD", "P&L, USD", "Return"),
    )
    return Table("Trades", columns, rows, note)


def facts_table(title: str, facts: Mapping[str, Any], headings: tuple[str, str] = ("What", "Value")) -> Table:
    """Settings or facts by name, nested ones by their full names."""
    return Table(title, _texts(*headings), tuple((name, cell(value)) for name, value in _flat(facts).items()))


def _flat(facts: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
