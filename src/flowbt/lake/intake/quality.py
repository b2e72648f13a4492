"""Which rows are kept: rows in = kept + rejected + exact duplicates, and nothing is dropped in silence.

1. `judge` takes a block of text, under our names, to values (`flowbt.lake.intake.parse_values`), fills in what follows from a contract's
   symbol, and asks the rules (`flowbt.lake.intake.rules`). It sees a block at a time.
2. `settle` takes whole days to rows that are unique: exact copies count once, and of rows that share a key and differ none
   is kept, for nobody can say which is true, unless the user does (`take`). Of price bars the later row is kept: sources append a
   day's bar again once it is final.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import dataframely as dy
import polars as pl

from flowbt.lake.delta.row_order import in_order, varying
from flowbt.lake.flags import IMPOSSIBLE
from flowbt.lake.intake.contract_symbols import contract_parts, plain, underlying_of
from flowbt.lake.intake.parse_values import read_cells
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
"""What no two rows may share, in the order in which rows are stored."""
REJECTED: Final = {ROW: pl.Int64(), "reason": pl.String(), "reasons": pl.String(), "record": pl.String()}
"""Rows that are not kept: where they stood, the first code, all codes, and what the row said, as JSON."""
SUPERSEDED: Final = "SUPERSEDED_BAR"
"""Set aside because a later row of the file gives the same day's bar again: a fact, and no fault of the file."""
REPEATED_HEADER: Final = "REPEATED_HEADER"
"""Set aside because it is the header of a file that was appended: no row at all."""
_SAID: Final = "contract_"


@dataclass(frozen=True)
class CheckedRows:
    """Rows sorted out.

    Attributes:
        kept: typed.
        rejected: `REJECTED`.
        duplicates: how many rows were exact copies of another.
        warnings: how many cells or rows bear each warning.
        unrepaired: numbers that a repair would read which is not declared.
        midnights: columns of moments, each with whether all of them are at midnight.
    """

    kept: pl.DataFrame
    rejected: pl.DataFrame
    duplicates: int = 0
    warnings: dict[str, int] = field(default_factory=dict)
    unrepaired: tuple[Unrepaired, ...] = ()
    midnights: frozenset[tuple[str, bool]] = frozenset()


def check_rows(text: pl.DataFrame, table: str, layout: Layout) -> CheckedRows:
    """The rows of a block that can be kept, as far as a row alone can tell, with `row`.

    Args:
        text: a column `row`, and columns under our names, of text.
        table: `chains`, `prices` or `actions`.
        layout: how the vendor writes values.
    """
    cells = read_cells(text, COLUMNS[table], layout, required_columns(RULES[table], text))
    rows, contradictory = cells.rows, None
    if table == "chains":
        rows, contradictory = _with_contract(without_zero_underlying(rows))
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
        )  # what it says of dividends and splits is read by itself (`lake.bar_actions`)
    warnings = cells.repaired | cells.unknown | impossible | ({REPEATED_HEADER: headers} if headers else {})
    return CheckedRows(
        good, pl.concat(rejected), warnings=warnings, unrepaired=cells.unrepaired, midnights=cells.midnights
    )


def required_columns(rules: type[dy.Schema], text: pl.DataFrame) -> set[str]:
    """The columns that a row cannot do without, except those that the contract's symbol gives as well."""
    required = {name for name, column in rules.columns().items() if not column.nullable}
    return required - {"strike", "expiration"} if "contract" in text.columns else required


def unique_rows(rows: pl.DataFrame, table: str, take: Take | None = None) -> CheckedRows:
    """Rows of whole days, in stored order and unique by their key.

    Args:
        rows: with `row`.
        table: `chains`, `prices` or `actions`.
        take: of rows that share a key and differ, keep the last one or the first one: by quote time where it is known, else
            in the order of the file. The others count as duplicates, and are warned of as `NOT_TAKEN`.
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
    said = [name for name in rows.columns if name != ROW]
    distinct = several.unique(said, keep="first", maintain_order=True)
    conflicting = pl.len().over(key) > 1
    if take is not None:
        return _taken(rows, shared, distinct, key, take)
    conflicts = distinct.filter(conflicting)
    # copies of rows that contradict others are no duplicates: each of them is set aside
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
    """Of rows that share a key the last of the file; those before it are copies of it, or superseded by it."""
    rows = rows.sort(*key, ROW)
    last = rows.select(pl.struct(key).is_last_distinct()).to_series()
    if last.all():
        return CheckedRows(rows, pl.DataFrame(schema=REJECTED))
    said = [name for name in rows.columns if name not in {ROW, *key}]
    again = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).last().over(key)) for name in said)
    copies = rows.select(again).to_series() & ~last
    older = rows.filter(~last & ~copies)
    codes = pl.Series("reasons", [SUPERSEDED] * older.height, pl.String)
    warnings = {SUPERSEDED: older.height} if older.height else {}
    return CheckedRows(rows.filter(last), rejected_rows(older, codes), int(copies.sum()), warnings)


def counted(rows: pl.DataFrame, flags: Mapping[str, pl.Expr]) -> dict[str, int]:
    """How many rows bear each flag, those that none bears left out."""
    counts = rows.select(flag.sum().alias(code) for code, flag in flags.items()).to_dicts()
    return {code: int(n) for code, n in counts[0].items() if n} if counts else {}


def rejected_rows(rows: pl.DataFrame, reasons: pl.Series) -> pl.DataFrame:
    """Rows, with `row`, as what is told of those that are not kept."""
    if not rows.height:
        return pl.DataFrame(schema=REJECTED)
    record = pl.struct(pl.exclude(ROW, "reasons")).struct.json_encode()
    return rows.select(
        pl.col(ROW).cast(pl.Int64),
        reasons.str.split(" ").list.first().alias("reason"),
        reasons.alias("reasons"),
        record.alias("record"),
    )


def _or_repeated_header(unreadable: pl.DataFrame, layout: Layout) -> pl.Series:
    """The reasons of rows that cannot be read; of a header between the rows, as concatenated files have, that it is one."""
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
    """Rows whose underlying price is null where it is 0: vendors write 0 where they have no price, and the options are data all the same."""
    price = pl.col("underlying_price")
    return rows.with_columns(underlying_price=pl.when(price != 0).then(price))


def _without_the_impossible(rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Rows without volatilities and greeks that none can be, and how many there were of each."""
    # what is no number at all is judged by the rules
    odd = {name: flag & pl.col(name).is_finite() for name, flag in IMPOSSIBLE.items()}
    counts = counted(rows, {f"IMPOSSIBLE_{name.upper()}": flag for name, flag in odd.items()})
    if not counts:
        return rows, {}
    return rows.with_columns(pl.when(~flag).then(pl.col(name)).alias(name) for name, flag in odd.items()), counts


def _on_another(root: pl.Expr, symbol: pl.Expr) -> pl.Expr:
    """Whether options of this root are not on the symbol: `SPXW` is on SPX, `BRKB` on BRK.B, an adjusted `AAPL1` on AAPL."""
    other = pl.when(root != symbol).then(root)  # few are: the rest need no closer look
    return ~((plain(underlying_of(other)) == plain(symbol)) | plain(other).str.starts_with(plain(symbol)))


def _with_contract(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Rows with what the contract's symbol says where they leave it unsaid; and those that say something else."""
    if not rows["contract"].null_count() < rows.height:
        return rows.drop("contract"), None
    rows = rows.hstack(contract_parts(rows["contract"]).select(pl.all().name.prefix(_SAID)))
    unread = pl.col("contract").is_not_null() & pl.col(f"{_SAID}root").is_null()
    other_roots = (rows[f"{_SAID}root"] != rows["symbol"]).any()
    contradicted = pl.any_horizontal(
        (pl.col("strike") - pl.col(f"{_SAID}strike")).abs() > 0.001,
        *(pl.col(name) != pl.col(_SAID + name) for name in ("expiration", "option_type")),
        # few are of another root, and to see that there is none costs less than to look closer
        *([_on_another(pl.col(f"{_SAID}root"), pl.col("symbol"))] if other_roots else []),
    ).fill_null(value=False)
    code = pl.when(unread).then(pl.lit("UNREADABLE_CONTRACT")).when(contradicted).then(pl.lit("CONTRADICTORY_CONTRACT"))
    codes = rows.select(code.alias("reasons")).to_series()
    odd, refused = codes.is_not_null(), None
    if odd.any():
        refused = rejected_rows(rows.filter(odd).select(ROW, pl.exclude(ROW, "^contract_.*$")), codes.filter(odd))
        rows = rows.filter(~odd)
    filled = rows.with_columns(
        *(pl.coalesce(name, _SAID + name).alias(name) for name in ("root", "expiration", "strike", "option_type"))
    )
    if filled["symbol"].null_count():
        filled = filled.with_columns(symbol=pl.coalesce("symbol", underlying_of(pl.col("root"))))
    return filled.select(pl.exclude("contract", "^contract_.*$")), refused
