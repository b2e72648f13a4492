"""The columns that a vendor's file may give, under our names and with the dtypes they are read as, by table."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from flowbt.schema import CONTRACT_ROWS, CORPORATE_ACTIONS, PRICE_BARS, PRINTS

TAPE_COLUMNS: Final[dict[str, pl.DataType]] = PRINTS | {
    "contract": pl.String(),
    "canceled": pl.Boolean(),
    "id": pl.String(),
}
"""What a tape's rows may say: a print's columns, the contract's symbol, whether the print was taken back, and a name of the
execution that no other of the same symbol and day bears."""

BAR_COLUMNS: Final[dict[str, pl.DataType]] = PRICE_BARS | {"dividend": pl.Float64(), "split": pl.Float64()}
"""What a bar's row may say: the bar, and the day's dividend (USD per share) and split (new shares for an old one), which become rows
of the table `actions`."""

COLUMNS: Final[Mapping[str, Mapping[str, pl.DataType]]] = {
    "chains": CONTRACT_ROWS | {"contract": pl.String()},
    "prices": BAR_COLUMNS,
    "actions": CORPORATE_ACTIONS,
    "prints": TAPE_COLUMNS,
}
