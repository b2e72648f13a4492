"""Dividends and splits that come with price bars, as rows of the table `actions`."""

from typing import Final

import polars as pl

from flowbt.schema import CORPORATE_ACTIONS, SNAPSHOT_KEY

ACTION_COLUMNS: Final = ("dividend", "split")
"""What a bar's row may say beside the bar (`flowbt.lake.vendors.columns.BAR_COLUMNS`); no columns of the table `prices`."""


def actions_of(bars: pl.DataFrame) -> pl.DataFrame:
    """The actions that bars give (`flowbt.schema.CORPORATE_ACTIONS`), by symbol and date.

    A dividend of 0, and a split of 0 or of 1 for 1, is how sources write that there was none.
    """
    if not set(ACTION_COLUMNS) <= set(bars.columns):
        return pl.DataFrame(schema=CORPORATE_ACTIONS)
    long = bars.unpivot(ACTION_COLUMNS, index=list(SNAPSHOT_KEY), variable_name="kind")
    none = pl.when(pl.col("kind") == "split").then(1.0).otherwise(0.0)
    return long.filter((pl.col("value") > 0) & (pl.col("value") != none)).select(*CORPORATE_ACTIONS).sort(SNAPSHOT_KEY)
