"""Explain why rows were set aside: the row, the column, the cell, and what the user can do about it.

A code names one of our columns (`UNREADABLE_OPEN_INTEREST`) and a record contains the row's cells. Together they give the cell, and the
cell shows which remedy may help. This module does not decide which rows are kept.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import polars as pl

from flowbt.lake.intake.date_order import WRITTEN_AS
from flowbt.lake.intake.dates import read_dates, read_moments
from flowbt.lake.intake.repairs import GROUP_WORDS, PATTERNS, Unrepaired
from flowbt.lake.intake.sentinels import CODES as PLACEHOLDERS
from flowbt.lake.vendors.columns import COLUMNS
from flowbt.lake.vendors.layout import Layout, Repair
from flowbt.lake.vendors.translate import ROW

_OF_A_COLUMN: Final = ("UNREADABLE_", "NOT_A_NUMBER_", "INFINITE_", "MISSING_", "BAD_")
_DATE_COLUMNS: Final = ("date", "expiration")
_TRUTH_COLUMNS: Final = ("adjusted", "canceled")
_ALL_COLUMNS: Final = frozenset(name for columns in COLUMNS.values() for name in columns)
_TIME_COLUMNS: Final = ("time", "quote_time")
_SHORT_FORMS: Final = ("%d-%m-%y", "%m-%d-%y", "%d.%m.%y")
"""Two-digit years are tried after all other formats, since `26-01-16` more likely has the year first."""
_OPTION_TYPES: Final = "call and put: give other words in a mapping file under [words.option_type]"
REMEDIES: Final[Mapping[str, str]] = {
    "CONFLICTING_ROWS": "the file has several rows for one contract and day: --take last keeps the last of each, --take first the first",
    "EXPIRED": "the contract expired before the row's date: check the date, or remove such rows",
    "EMPTY_ROW": "it has no price, volume, open interest or volatility: nothing is lost without it",
    "REPEATED_HEADER": "it is the header of a file that was appended: nothing is lost",
    "UNREADABLE_CONTRACT": "the contract symbol is not in OSI form (IWM260424P00256000): map expiration, strike and option_type instead",
    "CONTRADICTORY_CONTRACT": "the contract symbol and the row's own cells differ: map only one of them",
    "HIGH_BELOW_LOW": "high, low, open and close contradict each other: check the bar at its source",
    "SUPERSEDED_BAR": "a later row of the file gives the same day's bar again, and that one is kept",
    "NOT_A_SESSION": "the exchange was closed on that day: give another exchange with --exchange, or --any-day to keep it",
    "TIME_OUTSIDE_DATE": "the time is on another day at the exchange: check the time zone (`zone` in a mapping file) or --exchange",
    "BAD_OPTION_TYPE": f"it must be {_OPTION_TYPES}",
    "BAD_SYMBOL": "a symbol has up to 16 capitals, digits and . & ^ / _ -: give it with --symbol, or map another column",
    "BAD_MULTIPLIER": "the shares per contract (lot size) must be above 0: give them as multiplier under [constants] in a mapping file",
    "BAD_KIND": "it must be split or dividend",
    "BAD_SIDE": "it must be ask, bid, mid or no_side: give other words in a mapping file under [words.side]",
    **{
        code: f"the day has {'one value' if what.endswith('iv') else '0'} for every contract, which is a placeholder, and the row has "
        "no other data: download the file again when its source has the day, or leave the day out"
        for what, code in PLACEHOLDERS.items()
    },
    "BAD_OI_LAG": "it must be 0 or 1: give it with --oi-lag",
}


def column_of(code: str) -> str | None:
    """Our column that a code is about; None if it is about the whole row."""
    for prefix in _OF_A_COLUMN:
        name = code.removeprefix(prefix).lower()
        if code.startswith(prefix) and name in _ALL_COLUMNS and name != "contract":
            return name
    return "contract" if code.endswith("_CONTRACT") else None


def remedy(code: str, cell: str | None) -> str:
    """What a user can do about rows that are set aside for this reason, with a cell as an example."""
    if code in REMEDIES:
        return REMEDIES[code]
    column = column_of(code) or ""
    if code.startswith("UNREADABLE_"):
        return _unreadable_remedy(cell or "", column)
    if code.startswith(("MISSING_", "NOT_A_NUMBER_", "INFINITE_")):
        given = {"symbol": "--symbol", "date": "--date", "expiration": "--expiration"}.get(column)
        return "every row needs it" + (f": if no column gives it, use {given}" if given else "")
    return "no such value is possible: check the source, or map another column"


def _unreadable_remedy(cell: str, column: str) -> str:
    if column in _DATE_COLUMNS:
        return _date_remedy(cell)
    if column in _TIME_COLUMNS:
        return _time_remedy(cell, column)
    if column in _TRUTH_COLUMNS:
        return "it must be true or false (t, f, yes, no, 1, 0): correct it at the source, or map another column"
    return _number_remedy(cell)


def _date_remedy(cell: str) -> str:
    forms = [form for form in (*WRITTEN_AS, *_SHORT_FORMS) if read_dates(pl.Series([cell]), _written(form)).item()]
    if not forms:
        return "it is not a date that can be read: correct it at the source, or map another column"
    return f"give the date format with {_date_format(forms)}"


def _time_remedy(cell: str, column: str) -> str:
    """A date format helps only if the cell can be read with it and not without it."""
    text = pl.Series([cell])
    if read_moments(text, _written()).item():
        return "it has no time of day: every print needs one, as in 2026-01-08T14:30:00Z"
    forms = [form for form in (*WRITTEN_AS, *_SHORT_FORMS) if read_moments(text, _written(form)).item()]
    if forms:
        return f"give the date format with {_date_format(forms)}"
    advice = "times are read in ISO 8601, as in 2026-01-08T14:30:00Z, or as numbers since 1970: convert them"
    return advice if column == "time" else f"{advice}, or use a mapping file without {column}"


def _written(*forms: str) -> Layout:
    return Layout(columns={}, header=frozenset(), dates=forms)


def _date_format(forms: Sequence[str]) -> str:
    others = f" (or {', or '.join(forms[1:])})" if len(forms) > 1 else ""
    return f"--date-format '{forms[0]}'{others}; for several formats at once, list them under dates in a mapping file"


def _number_remedy(cell: str) -> str:
    fitting = [name for name, pattern in PATTERNS.items() if re.search(pattern, cell)]
    if fitting:
        return f"allow it with --repair {fitting[0]}, or repairs = {json.dumps(fitting)} in a mapping file"
    if not re.search(r"\d", cell):
        return f"if it means 'not known', declare empty = [{json.dumps(cell)}] in a mapping file"
    if re.search(r"^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$", cell):
        return "it must be a whole number, below 2**63: correct it at the source, or map another column"
    return "it is not a number: correct it at the source, or map another column"


@dataclass(frozen=True)
class SetAside:
    """One reason for which rows of a file were set aside.

    Attributes:
        reason: its code.
        rows: number of rows with this code as their first one.
        row: the number of the first of them, counted from 1 below the header.
        column: the column that the code is about, by the file's name if our column is one of the file's; None: the whole row.
        cell: the cell of that column in the first row; None: it is empty.
        remedy: what the user can do.
    """

    reason: str
    rows: int
    row: int
    column: str | None
    cell: str | None
    remedy: str

    @staticmethod
    def of(rejected: pl.DataFrame, spelled: Mapping[str, str]) -> list["SetAside"]:
        """The reasons of rejected rows (`flowbt.lake.intake.rejected_rows.REJECTED`), the most frequent first."""
        if not rejected.height:
            return []
        reasons = (
            rejected.sort(ROW, maintain_order=True)
            .group_by("reason", maintain_order=True)
            .agg(pl.len().alias("rows"), pl.col(ROW).first(), pl.col("record").first())
            .sort("rows", descending=True, maintain_order=True)
        )
        return [_set_aside(spelled=spelled, **row) for row in reasons.to_dicts()]

    def sentence(self) -> str:
        """The row, the column and the cell, and what to do."""
        cell = "" if self.column is None else f", column '{self.column}': {_shown(self.cell)}"
        return f"row {self.row}{cell}; {self.remedy}"

    def document(self) -> dict[str, Any]:
        """All of it, as plain values."""
        return asdict(self)


def _set_aside(reason: str, rows: int, row: int, record: str | None, spelled: Mapping[str, str]) -> SetAside:
    column = column_of(reason)
    cells = json.loads(record) if record else {}
    cell = None if column is None or cells.get(column) is None else str(cells[column])
    side = cells.get("option_type")
    theirs = None if column is None else spelled.get(f"{side}_{column}", spelled.get(column, column))
    return SetAside(reason, rows, row, theirs, cell, remedy(reason, cell))


def explained(reasons: str, row: int, record: str) -> str:
    """The first reason of a row in the quarantine as a sentence."""
    return _set_aside(reasons.split(" ", maxsplit=1)[0], 1, row, record, {}).sentence()


def too_many(bad: int, rows: int, reasons: Sequence[SetAside]) -> str:
    """The reason for refusing a file with too many unusable rows."""
    listed = ", ".join(f"{one.rows:,} {one.reason}" for one in reasons[:3])
    examples = "; ".join(f"{one.reason}: {one.sentence()}" for one in reasons[:2])
    return f"{bad:,} of {rows:,} rows cannot be used ({listed}). {examples}; or raise --max-quarantine"


def unread_group(group: Unrepaired, spelled: Mapping[str, str]) -> str:
    """The reason for refusing a file that writes a group of numbers in a way that is not declared."""
    repair: Repair = group.repair
    named = spelled.get(group.column, group.column)
    return (
        f"{group.cells:,} of {group.cells + group.read:,} values of '{named}'{GROUP_WORDS.get(repair, '')} cannot be read, "
        f"the first is '{group.cell}' in row {group.row}: allow it with --repair {repair}, "
        f'or repairs = ["{repair}"] in a mapping file'
    )


def _shown(cell: str | None) -> str:
    return "empty" if cell is None else f"'{cell}'"
