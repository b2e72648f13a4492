"""Dividends and splits that come with price bars, as rows of the table `actions`.

They are read independently of the bars: on the morning of an ex-date, yfinance gives the dividend in a row without prices.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import polars as pl

from flowbt.calendar import is_session
from flowbt.lake.intake.parse_values import read_cells
from flowbt.lake.vendors.columns import BAR_COLUMNS
from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.translate import ROW
from flowbt.schema import CORPORATE_ACTIONS, SNAPSHOT_KEY, SYMBOL_PATTERN

ACTION_COLUMNS: Final = ("dividend", "split")
"""Columns that a row may have in addition to its price bar; they are not columns of the table `prices`."""


def actions_of(text: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """The corporate actions in rows of price bars (`flowbt.schema.CORPORATE_ACTIONS`).

    A dividend of 0, and a split of 0 or of 1 for 1, mean that there was none. Cells that cannot be read, and rows without a symbol or
    a date, are set aside with their bar.

    Args:
        text: rows of price bars under our names, as text, with `row`.
        layout: how the vendor writes values.
    """
    given = [name for name in ACTION_COLUMNS if name in text.columns]
    if not given:
        return pl.DataFrame(schema=CORPORATE_ACTIONS)
    columns = {name: BAR_COLUMNS[name] for name in (*SNAPSHOT_KEY, *ACTION_COLUMNS)}
    rows = read_cells(text.select(ROW, *SNAPSHOT_KEY, *given), columns, layout, set()).rows
    long = rows.unpivot(ACTION_COLUMNS, index=list(SNAPSHOT_KEY), variable_name="kind")
    none = pl.when(pl.col("kind") == "split").then(1.0).otherwise(0.0)
    has_key = pl.col("symbol").str.contains(SYMBOL_PATTERN) & pl.col("date").is_not_null()
    is_action = has_key & pl.col("value").is_finite() & (pl.col("value") > 0) & (pl.col("value") != none)
    return long.filter(is_action).select(*CORPORATE_ACTIONS)


def settled_actions(
    actions: Sequence[pl.DataFrame], exchanges_of: Callable[[Iterable[str]], Mapping[str, str]], *, any_day: bool
) -> pl.DataFrame:
    """Each action of a file once (the last row if there are several), without those on days without a session."""
    last = pl.concat([pl.DataFrame(schema=CORPORATE_ACTIONS), *actions])
    last = last.unique((*SNAPSHOT_KEY, "kind"), keep="last", maintain_order=True)
    if not any_day:
        exchanges = exchanges_of(last["symbol"].unique())
        open_days = [is_session(day, exchanges[symbol]) for symbol, day in last.select(SNAPSHOT_KEY).iter_rows()]
        last = last.filter(pl.Series(open_days, dtype=pl.Boolean))
    return last.sort(*SNAPSHOT_KEY, "kind")
