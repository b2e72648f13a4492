"""Fill in the columns of a contract from its symbol, and set rows aside that contradict it."""

from typing import Final

import polars as pl

from flowbt.lake.intake.contract_symbols import contract_parts, plain, underlying_of
from flowbt.lake.intake.rejected_rows import rejected_rows
from flowbt.lake.vendors.translate import ROW

_FROM_SYMBOL: Final = "contract_"
"""Prefix of columns with the values in the contract's symbol."""


def _on_another(root: pl.Expr, symbol: pl.Expr) -> pl.Expr:
    """Whether options of this root are not on the symbol: `SPXW` is on SPX, `BRKB` on BRK.B, an adjusted `AAPL1` on AAPL."""
    other = pl.when(root != symbol).then(root)  # only few differ, and only those are compared in detail
    return ~((plain(underlying_of(other)) == plain(symbol)) | plain(other).str.starts_with(plain(symbol)))


def with_contract(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Rows with empty cells filled in from the contract's symbol, and the rows that contradict the symbol."""
    if not rows["contract"].null_count() < rows.height:
        return rows.drop("contract"), None
    rows = rows.hstack(contract_parts(rows["contract"]).select(pl.all().name.prefix(_FROM_SYMBOL)))
    unread = pl.col("contract").is_not_null() & pl.col(f"{_FROM_SYMBOL}root").is_null()
    other_roots = (rows[f"{_FROM_SYMBOL}root"] != rows["symbol"]).any()
    contradicted = pl.any_horizontal(
        (pl.col("strike") - pl.col(f"{_FROM_SYMBOL}strike")).abs() > 0.001,
        *(pl.col(name) != pl.col(_FROM_SYMBOL + name) for name in ("expiration", "option_type")),
        # few rows have another root, and checking that there are none is cheaper than comparing in detail
        *([_on_another(pl.col(f"{_FROM_SYMBOL}root"), pl.col("symbol"))] if other_roots else []),
    ).fill_null(value=False)
    code = pl.when(unread).then(pl.lit("UNREADABLE_CONTRACT")).when(contradicted).then(pl.lit("CONTRADICTORY_CONTRACT"))
    codes = rows.select(code.alias("reasons")).to_series()
    bad, refused = codes.is_not_null(), None
    if bad.any():
        refused = rejected_rows(rows.filter(bad).select(ROW, pl.exclude(ROW, "^contract_.*$")), codes.filter(bad))
        rows = rows.filter(~bad)
    filled = rows.with_columns(
        *(
            pl.coalesce(name, _FROM_SYMBOL + name).alias(name)
            for name in ("root", "expiration", "strike", "option_type")
        )
    )
    if filled["symbol"].null_count():
        filled = filled.with_columns(symbol=pl.coalesce("symbol", underlying_of(pl.col("root"))))
    return filled.select(pl.exclude("contract", "^contract_.*$")), refused
