"""Check one block of a file: the rows of the chosen symbol, with the dates and hours of the symbol's exchange.

The exchange's time zone gives the date of a moment, its closing time the time of quotes, and its trading hours apply to trade prints.
The symbols of a file may trade on several exchanges, so a block is checked in one part for each exchange
(`flowbt.lake.intake.symbol_exchanges`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from flowbt.lake.intake.bar_actions import actions_of
from flowbt.lake.intake.contract_symbols import contract_parts, plain, underlying_of
from flowbt.lake.intake.quality import CheckedRows, check_rows
from flowbt.lake.intake.symbol_exchanges import SymbolExchanges
from flowbt.lake.intake.tape import check_prints
from flowbt.lake.vendors import Layout, VendorFormat
from flowbt.lake.vendors.translate import ROW
from flowbt.schema import CORPORATE_ACTIONS


@dataclass(frozen=True)
class CheckedBlock:
    """The result for a block.

    Attributes:
        block: the block as it is in the file.
        rows_in: number of its rows of the chosen symbol.
        others: number of its rows of other symbols.
        rows: the checked rows of the chosen symbol.
        actions: dividends and splits of its price bars.
    """

    block: pl.DataFrame
    rows_in: int
    others: int
    rows: CheckedRows
    actions: pl.DataFrame


def check_block(
    translated: tuple[pl.DataFrame, pl.DataFrame],
    vendor: VendorFormat,
    layout: Layout,
    symbol: str | None,
    classes: Sequence[str],
    exchange_of: SymbolExchanges,
) -> CheckedBlock:
    """Check a block of a file's rows.

    Args:
        translated: the block as it is, and under our column names (`flowbt.lake.intake.read_file.translated_blocks`).
        vendor: its format.
        layout: how the file is written.
        symbol: the chosen symbol; None: all symbols.
        classes: symbols with a point in the file's path (`flowbt.lake.vendors.symbol_in_name`).
        exchange_of: the exchanges of the symbols.
    """
    block, text = translated
    chosen = _of_symbol(text, symbol)
    parts = list(_by_exchange(chosen, layout, symbol, exchange_of))
    checked = _joined(
        [
            check_prints(part, own) if vendor.table == "prints" else check_rows(part, vendor.table, own)
            for part, own in parts
        ]
    )
    rows_in = chosen.height
    if symbol is None and "symbol" not in text.columns:
        checked = _with_classes(checked, classes)
    if symbol is not None and "symbol" not in text.columns:
        whole, checked = checked, _of_underlying(checked, symbol)
        rows_in -= whole.kept.height - checked.kept.height
    actions = [pl.DataFrame(schema=CORPORATE_ACTIONS)]
    if vendor.table == "prices":
        actions = [actions_of(part, own) for part, own in parts]
    return CheckedBlock(block, rows_in, text.height - rows_in, checked, pl.concat(actions))


def _by_exchange(
    text: pl.DataFrame, layout: Layout, symbol: str | None, exchange_of: SymbolExchanges
) -> Iterator[tuple[pl.DataFrame, Layout]]:
    """The rows of each exchange, and the layout with that exchange."""
    symbols = pl.Series([symbol], dtype=pl.String)
    several = exchange_of.may_differ and (symbol is None or "symbol" in text.columns)
    if several:
        symbols = _symbols(text)
    exchanges = exchange_of.of(symbols.drop_nulls().unique())
    if len(set(exchanges.values())) <= 1:
        exchange = next(iter(exchanges.values()), exchange_of.of_others)
        yield text, replace(layout, exchange=exchange)
        return
    # a row without a symbol cannot be kept under any exchange
    of_rows = symbols.replace_strict(exchanges, default=exchange_of.of_others, return_dtype=pl.String)
    for exchange in of_rows.unique(maintain_order=True):
        yield text.filter(of_rows == exchange), replace(layout, exchange=exchange)


def _symbols(text: pl.DataFrame) -> pl.Series:
    """The symbol of each row, from the root of its contract if it has no symbol."""
    given = text["symbol"] if "symbol" in text.columns else pl.Series([None] * text.height, dtype=pl.String)
    if "contract" not in text.columns or not given.null_count():
        return given
    roots = contract_parts(text["contract"])["root"]
    return pl.select(pl.coalesce(given, underlying_of(pl.lit(roots)))).to_series()


def _joined(parts: Sequence[CheckedRows]) -> CheckedRows:
    """The checked parts of a block together, in the order of its rows."""
    if len(parts) == 1:
        return parts[0]
    warnings: dict[str, int] = {}
    for code, n in (item for part in parts for item in part.warnings.items()):
        warnings[code] = warnings.get(code, 0) + n
    return CheckedRows(
        pl.concat([part.kept for part in parts]).sort(ROW, maintain_order=True),
        pl.concat([part.rejected for part in parts]),
        sum(part.duplicates for part in parts),
        warnings,
        tuple(one for part in parts for one in part.unrepaired),
        frozenset().union(*(part.midnights for part in parts)),
    )


def _of_symbol(text: pl.DataFrame, symbol: str | None) -> pl.DataFrame:
    """The rows of the chosen symbol, if there is one and the rows have symbols."""
    if symbol is None or "symbol" not in text.columns:
        return text
    # a row without a symbol might belong to this one, and is set aside for that reason
    return text.filter((pl.col("symbol") == symbol) | pl.col("symbol").is_null())


def _of_underlying(checked: CheckedRows, symbol: str) -> CheckedRows:
    """The contracts on one symbol, under the user's spelling of it: the root of options on BRK.B is BRKB."""
    own = plain(pl.col("symbol")) == plain(pl.lit(symbol))
    return replace(checked, kept=checked.kept.filter(own).with_columns(symbol=pl.lit(symbol)))


def _with_classes(checked: CheckedRows, classes: Sequence[str]) -> CheckedRows:
    """Contracts whose symbol is in the file's path with a point get that symbol: BRKB is BRK.B in `BRK-B.csv`."""
    spelled = {symbol.replace(".", ""): symbol for symbol in classes}
    return replace(checked, kept=checked.kept.with_columns(pl.col("symbol").replace(spelled))) if spelled else checked
