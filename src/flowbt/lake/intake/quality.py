"""Decide which rows are kept: rows in = kept + rejected + exact duplicates, so no row is dropped silently.

1. `check_rows` converts a block of text, under our names, to values (`flowbt.lake.intake.parse_values`), fills in columns from the
   contract's symbol, and applies the rules (`flowbt.lake.intake.rules`). It sees one block at a time.
2. `unique_rows` makes the rows of whole days unique. Exact copies are kept once. Of rows with the same key and different values none is
   kept, since it is unknown which is right, unless the user chooses (`take`). Of price bars the later row is kept: sources append a
   day's bar again once it is final.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import dataframely as dy
import polars as pl

from flowbt.lake.delta.row_order import in_order, varying
from flowbt.lake.flags import IMPOSSIBLE
from flowbt.lake.intake.contract_columns import with_contract
from flowbt.lake.intake.parse_values import read_cells
from flowbt.lake.intake.rejected_rows import REJECTED, rejected_rows
from flowbt.lake.intake.repairs import Unrepaired
from flowbt.lake.intake.rules import ContractRow, CorporateAction, PriceBar, broken_rules
from flowbt.lake.vendors.columns import COLUMNS
from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.translate import ROW
from flowbt.lake.vendors.vendor_format import Take
from flowbt.schema import PRICE_BARS, STORED_ORDER

RULES: Final[Mapping[str, type[dy.Schema]]] = {"chains": ContractRow, "prices": PriceBar, "actions": CorporateAction}
KEYS: Final[Mapping[str, Sequence[str]]] = {
    "chains": (*STORED_ORDER, "option_type"),
    "prices": ("symbol", "date"),
    "actions": ("symbol", "date", "kind"),
}
"""The columns that identify a row, in the order in which rows are stored."""
SUPERSEDED: Final = "SUPERSEDED_BAR"
"""Set aside because a later row of the file gives the same day's bar again; the file is fine."""
REPEATED_HEADER: Final = "REPEATED_HEADER"
"""Set aside because it is the header of a file that was appended."""


@dataclass(frozen=True)
class CheckedRows:
    """The result of checking rows.

    Attributes:
        kept: typed rows.
        rejected: rows that are not kept (`REJECTED`).
        duplicates: number of rows that were exact copies of another row.
        warnings: number of cells or rows for each warning code.
        unrepaired: numbers that could be read with a repair that is not declared.
        midnights: columns of moments, and whether all their moments are at midnight.
    """

    kept: pl.DataFrame
    rejected: pl.DataFrame
    duplicates: int = 0
    warnings: dict[str, int] = field(default_factory=dict)
    unrepaired: tuple[Unrepaired, ...] = ()
    midnights: frozenset[tuple[str, bool]] = frozenset()


def check_rows(text: pl.DataFrame, table: str, layout: Layout) -> CheckedRows:
    """Check the rows of a block one by one; the result has `row`.

    Args:
        text: the text columns under our names, and `row`.
        table: `chains`, `prices` or `actions`.
        layout: how the vendor writes values.
    """
    cells = read_cells(text, COLUMNS[table], layout, required_columns(RULES[table], text))
    rows, contradictory = cells.rows, None
    if table == "chains":
        rows, contradictory = with_contract(without_zero_underlying(rows))
    rows, impossible = _without_the_impossible(rows) if table == "chains" else (rows, {})
    columns = [ROW, *(name for name in rows.columns if name != ROW)]
    kept, failure = RULES[table].filter(rows)
    reasons = _or_repeated_header(cells.unreadable, layout)
    headers = int((reasons == REPEATED_HEADER).sum())
    rejected = [rejected_rows(cells.unreadable, reasons)]
    if failure.counts():
        details = failure.details()
        rejected.append(
            rejected_rows(details.select(columns), details.select(broken_rules(details, columns)).to_series())
        )
    if contradictory is not None:
        rejected.append(contradictory)
    good: pl.DataFrame = kept.with_columns(root=pl.coalesce("root", "symbol")) if table == "chains" else kept
    if table == "prices":
        good = good.select(
            ROW, *PRICE_BARS
        )  # dividends and splits are read separately (`flowbt.lake.intake.bar_actions`)
    warnings = cells.repaired | cells.unknown | impossible | ({REPEATED_HEADER: headers} if headers else {})
    return CheckedRows(
        good, pl.concat(rejected), warnings=warnings, unrepaired=cells.unrepaired, midnights=cells.midnights
    )


def required_columns(rules: type[dy.Schema], text: pl.DataFrame) -> set[str]:
    """The columns that a row must have, except those that the contract's symbol also gives."""
    required = {name for name, column in rules.columns().items() if not column.nullable}
    return required - {"strike", "expiration"} if "contract" in text.columns else required


def unique_rows(rows: pl.DataFrame, table: str, take: Take | None = None) -> CheckedRows:
    """Rows of whole days, in stored order and unique by their key.

    Args:
        rows: with `row`.
        table: `chains`, `prices` or `actions`.
        take: of rows with the same key and different values, keep the last or the first: by quote time if it is known, otherwise in the
            order of the file. The others count as duplicates, with the warning `NOT_TAKEN`. None: none of them is kept.
    """
    key = list(KEYS[table])
    if table == "prices" and take is None:
        return _latest(rows, key)
    rows = in_order(rows, key)
    again = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in varying(rows, key))
    repeats = rows.select(again.alias("again")).to_series()
    none = pl.DataFrame(schema=REJECTED)
    if not repeats.any():
        return CheckedRows(rows, none)
    shared = repeats | repeats.shift(-1, fill_value=False)
    several = rows.filter(shared)
    content = [name for name in rows.columns if name != ROW]
    distinct = several.unique(content, keep="first", maintain_order=True)
    conflicting = pl.len().over(key) > 1
    if take is not None:
        return _taken(rows, shared, distinct, key, take)
    conflicts = distinct.filter(conflicting)
    # copies of rows that contradict others are not duplicates: all of them are set aside
    refused = several.join(conflicts.select(key).unique(), on=key, how="semi", nulls_equal=True)
    kept = pl.concat([rows.filter(~shared), distinct.filter(~conflicting)]).sort(key)
    codes = pl.Series("reasons", ["CONFLICTING_ROWS"] * refused.height, pl.String)
    return CheckedRows(kept, rejected_rows(refused, codes), rows.height - kept.height - refused.height)


def _taken(rows: pl.DataFrame, shared: pl.Series, distinct: pl.DataFrame, key: list[str], take: Take) -> CheckedRows:
    timed = ["quote_time"] if "quote_time" in rows.columns else []
    ordered = distinct.sort(*timed, ROW, nulls_last=False)
    chosen = ordered.unique(key, keep=take, maintain_order=True)
    kept = pl.concat([rows.filter(~shared), chosen]).sort(key)
    left = distinct.height - chosen.height
    warnings = {"NOT_TAKEN": left} if left else {}
    return CheckedRows(kept, pl.DataFrame(schema=REJECTED), rows.height - kept.height, warnings)


def _latest(rows: pl.DataFrame, key: Sequence[str]) -> CheckedRows:
    """The last row of the file for each key; earlier ones are copies of it, or superseded by it."""
    rows = rows.sort(*key, ROW)
    last = rows.select(pl.struct(key).is_last_distinct()).to_series()
    if last.all():
        return CheckedRows(rows, pl.DataFrame(schema=REJECTED))
    content = [name for name in rows.columns if name not in {ROW, *key}]
    again = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).last().over(key)) for name in content)
    copies = rows.select(again).to_series() & ~last
    older = rows.filter(~last & ~copies)
    codes = pl.Series("reasons", [SUPERSEDED] * older.height, pl.String)
    warnings = {SUPERSEDED: older.height} if older.height else {}
    return CheckedRows(rows.filter(last), rejected_rows(older, codes), int(copies.sum()), warnings)


def counted(rows: pl.DataFrame, flags: Mapping[str, pl.Expr]) -> dict[str, int]:
    """The number of rows with each flag; flags without rows are left out."""
    counts = rows.select(flag.sum().alias(code) for code, flag in flags.items()).to_dicts()
    return {code: int(n) for code, n in counts[0].items() if n} if counts else {}


def _or_repeated_header(unreadable: pl.DataFrame, layout: Layout) -> pl.Series:
    """The reasons of rows that cannot be read; for a header between the rows, as in concatenated files, the reason `REPEATED_HEADER`."""
    asked = {name for alternatives in layout.header for name in alternatives.split("|")}
    named = {ours: theirs for ours, theirs in layout.columns.items() if isinstance(theirs, str) and theirs in asked}
    cells = [
        pl.col(ours).str.to_lowercase().str.replace_all(" ", "_") == theirs
        for ours, theirs in named.items()
        if unreadable.schema.get(ours) == pl.String()
    ]
    is_header = pl.all_horizontal(cells) if len(cells) > 1 else pl.lit(value=False)
    return unreadable.select(
        reasons=pl.when(is_header).then(pl.lit(REPEATED_HEADER)).otherwise(pl.col("reasons"))
    ).to_series()


def without_zero_underlying(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with null for an underlying price of 0: vendors write 0 if they have no price, and the options are still valid data."""
    price = pl.col("underlying_price")
    return rows.with_columns(underlying_price=pl.when(price != 0).then(price))


def _without_the_impossible(rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Rows with null for impossible volatilities and greeks, and the number of these for each column."""
    # cells that are not numbers are left to the rules
    impossible = {name: flag & pl.col(name).is_finite() for name, flag in IMPOSSIBLE.items()}
    counts = counted(rows, {f"IMPOSSIBLE_{name.upper()}": flag for name, flag in impossible.items()})
    if not counts:
        return rows, {}
    return rows.with_columns(pl.when(~flag).then(pl.col(name)).alias(name) for name, flag in impossible.items()), counts
