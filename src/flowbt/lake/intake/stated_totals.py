"""What a file says its rows add up to, against what they do."""

from typing import Final

import polars as pl

from flowbt.lake.vendors import Layout

HEADER_DIFFERS: Final = 0.005
"""What a file says its rows add up to may be off by this share before it is noted."""


class Totals:
    """What a file says its rows add up to, against what they do."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._said: dict[str, float] = {}
        self._sums: dict[str, float] = {}

    def add(self, block: pl.DataFrame, kept: pl.DataFrame) -> None:
        """Take in a block."""
        for name, (side, column) in self._layout.totals.items():
            if name in block.columns and (said := block[name].cast(pl.Float64, strict=False)[0]) is not None:
                rows = kept.filter(pl.col("option_type") == side)
                self._said[name] = float(said)
                self._sums[name] = self._sums.get(name, 0.0) + float(rows[column].sum())

    def differing(self) -> int:
        """How many of them are off by more than half a percent."""
        return sum(abs(said - self._sums[name]) > HEADER_DIFFERS * max(said, 1) for name, said in self._said.items())
