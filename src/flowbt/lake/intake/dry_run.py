"""A dry run needs the content that the lake would have after each file, since later files are checked against it.

It writes to a temporary lake, to which the affected stored days are copied first. The lake itself is only read.
"""

import shutil
import tempfile
import weakref
from typing import Final

import polars as pl

from flowbt.lake.delta.tables import TABLES, UNIT
from flowbt.lake.delta.write import write_units
from flowbt.lake.store import Lake

NO_UNITS: Final = {"symbol": pl.String(), "date": pl.Date()}


class DryRunCopy:
    """The days of a lake as a dry run changes them, in a temporary folder that is deleted with this object."""

    def __init__(self, beneath: Lake) -> None:
        folder = tempfile.mkdtemp(prefix="flowbt-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._beneath = beneath
        self._copied: dict[str, pl.DataFrame] = {}
        self.lake = Lake(folder)

    def copy_days(self, name: str, units: pl.DataFrame) -> None:
        """Copy the stored days of a table (`symbol, date`), month by month, except days that were copied before."""
        copied = self._copied.get(name, pl.DataFrame(schema=NO_UNITS))
        new = units.select(UNIT).unique().join(copied, on=UNIT, how="anti")
        for _, of_month in new.group_by(pl.col("date").dt.month_start()):
            rows = self._beneath.days(TABLES[name], of_month)
            if rows.height:
                write_units(self.lake.ledger.to_write(TABLES[name]), rows, {})
        self.lake.forget()
        self._copied[name] = pl.concat([copied, new])
