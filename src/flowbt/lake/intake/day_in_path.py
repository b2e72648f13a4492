"""A date in a file's path: the session of its quotes, or the expiration of its contracts.

Downloads of one expiry are often named after it (`SPY_2026-01-16.csv`). Such a date is refused if all contracts expire on it, unless one
of them traded on that day: then the file is of the expiry's last session.
"""

from collections.abc import Collection
from datetime import date

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.intake.dates import read_dates
from flowbt.lake.reading import Source
from flowbt.lake.vendors import Layout, ReadOptions
from flowbt.lake.vendors.translate import shared_values


class DayInPath:
    """Compares the date in the path with the expirations and last trades in the file, block by block.

    Args:
        source: the file.
        layout: its layout; only files of a layout with a column of last trades (`Layout.traded`) are checked.
        options: what the user specifies; a date given there has priority.
        names: the names of the file's columns.
    """

    def __init__(self, source: Source, layout: Layout, options: ReadOptions, names: Collection[str]) -> None:
        self._layout = layout
        self._day: date | None = None
        if layout.traded and options.date is None and "date" not in layout.chosen(names):
            self._day = shared_values(source, layout, options).get("date")
        self._expire_on_it = False
        self._refuted = False

    def add(self, block: pl.DataFrame, kept: pl.DataFrame) -> None:
        """Add a block as it is in the file, and its rows that are kept."""
        if self._day is None or self._refuted or not kept.height:
            return
        self._expire_on_it = True
        traded = self._layout.traded
        days = read_dates(block[traded], self._layout) if traded in block.columns else pl.Series(dtype=pl.Date)
        self._refuted = bool((kept["expiration"] != self._day).any() or (days == self._day).any())

    def check(self) -> None:
        """Refuse the file if the date in its path seems to be the expiration.

        Raises:
            RejectedFileError: `NO_DATE`.
        """
        if self._expire_on_it and not self._refuted:
            raise RejectedFileError(
                "NO_DATE",
                f"the date in the path, {self._day}, is the expiration of every contract, and no contract shows a trade on "
                "that day: give the date of the quotes with --date",
            )
