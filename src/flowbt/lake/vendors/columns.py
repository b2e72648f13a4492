"""The columns that a vendor's file may give, by table, with our names and dtypes."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from flowbt.schema import CONTRACT_ROWS, CORPORATE_ACTIONS, PRICE_BARS, PRINTS

TAPE_COLUMNS: Final[dict[str, pl.DataType]] = PRINTS | {
    "contract": pl.String(),
    "canceled": pl.Boolean(),
    "id": pl.String(),
}
"""Columns of a trade tape: those of a print, the contract's symbol, whether the print was canceled, and an id of the execution that is
unique for its symbol and day."""

BAR_COLUMNS: Final[dict[str, pl.DataType]] = PRICE_BARS | {"dividend": pl.Float64(), "split": pl.Float64()}
"""Columns of price bars: the bar, and the day's dividend (USD per share) and split (new shares per old share), which become rows of the
table `actions`."""

COLUMNS: Final[Mapping[str, Mapping[str, pl.DataType]]] = {
    "chains": CONTRACT_ROWS | {"contract": pl.String()},
    "prices": BAR_COLUMNS,
    "actions": CORPORATE_ACTIONS,
    "prints": TAPE_COLUMNS,
}
