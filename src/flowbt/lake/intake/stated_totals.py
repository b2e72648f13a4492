"""Compare the totals stated in a file with the sums of its rows."""

from typing import Final

import polars as pl

from flowbt.lake.vendors import Layout

HEADER_DIFFERS: Final = 0.005
"""A stated total may differ from the sum by this share without a warning, since rows that are set aside are not in the sum."""


class Totals:
    """The totals stated in a file, and the sums of its rows so far."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._stated: dict[str, float] = {}
        self._sums: dict[str, float] = {}

    def add(self, block: pl.DataFrame, kept: pl.DataFrame) -> None:
        """Add a block as it is in the file, and its rows that are kept."""
        for name, (side, column) in self._layout.totals.items():
            if name in block.columns and (stated := block[name].cast(pl.Float64, strict=False)[0]) is not None:
                rows = kept.filter(pl.col("option_type") == side)
                self._stated[name] = float(stated)
                self._sums[name] = self._sums.get(name, 0.0) + float(rows[column].sum())

    def differing(self) -> int:
        """The number of stated totals that differ from the sums by more than half a percent."""
        return sum(
            abs(stated - self._sums[name]) > HEADER_DIFFERS * max(stated, 1) for name, stated in self._stated.items()
        )
