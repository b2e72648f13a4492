"""Repair numbers that are not written as plain numbers, but only in the ways that a layout declares; repairs are counted.

Numbers that need a repair that is not declared are detected too. If a file writes its large numbers with separators, only the large ones
cannot be read, and with a limit on the share of bad rows alone the highest strikes would be set aside. So the limit also applies within
each group of numbers that a repair concerns (`Unrepaired`): numbers from 1,000 for `thousands`, negative numbers for `parentheses`, the
whole column for the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from flowbt.lake.vendors.layout import Repair

PATTERNS: Final[Mapping[Repair, str]] = {
    "thousands": r"^[^\d.,]*(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d{2})*,\d{3})(?:\.\d*)?[^\d.,]*$",
    "currency": r"[$€£₹]",
    "percent": r"%$",
    "parentheses": r"^\([^()]*\)$",
}
"""Cells that need each repair. Commas separate groups of three digits, or groups of two before the last three (2,54,729, as in India);
`1,5` and `0,123` are decimals in other languages and stay unreadable."""

GROUP_WORDS: Final[Mapping[Repair, str]] = {"thousands": " of 1,000 or more", "parentheses": " below zero"}


@dataclass(frozen=True)
class Unrepaired:
    """Numbers of a column that cannot be read, but could be read with a repair that is not declared.

    Attributes:
        column: our name of the column.
        repair: the repair that they need.
        cells: how many there are.
        read: number of cells in the same group that could be read without a repair.
        row: the row of the first in the file.
        cell: the first.
    """

    column: str
    repair: Repair
    cells: int
    read: int
    row: int
    cell: str

    def joined(self, more: "Unrepaired") -> "Unrepaired":
        """These numbers together with those of a later block."""
        return replace(self, cells=self.cells + more.cells, read=self.read + more.read)


def repaired(
    text: pl.DataFrame, numeric: Sequence[str], repairs: Sequence[Repair]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The text with repaired numbers, and the number of cells that each repair changed, by code."""
    counts: dict[str, int] = {}
    columns = [name for name in numeric if text.schema[name] == pl.String()]
    for repair in repairs:
        wanting = {name: text[name].str.contains(PATTERNS[repair]).fill_null(value=False) for name in columns}
        n = sum(int(mask.sum()) for mask in wanting.values())
        if not n:
            continue
        counts[f"REPAIRED_{repair.upper()}"] = n
        text = text.with_columns(
            pl.when(mask).then(_repaired_cell(pl.col(name), repair)).otherwise(pl.col(name)).alias(name)
            for name, mask in wanting.items()
            if mask.any()
        )
    return text, counts


def unrepaired(cells: pl.Series, bad: pl.Series, numbers: pl.Series, rows: pl.Series) -> list[Unrepaired]:
    """The bad cells of a column that could be read with a repair, by repair.

    Args:
        cells: the cells as text.
        bad: whether each cannot be read.
        numbers: the cells as numbers; null if they cannot be read.
        rows: the row of each in the file.
    """
    groups = []
    failed, places = cells.filter(bad), rows.filter(bad)
    for repair, pattern in PATTERNS.items():
        wanting = failed.str.contains(pattern)
        alone, _ = repaired(pl.DataFrame({"cell": failed.filter(wanting)}), ["cell"], [repair])
        if not wanting.any() or alone["cell"].cast(pl.Float64, strict=False).null_count():
            continue
        first = int(wanting.arg_true()[0])
        groups.append(
            Unrepaired(
                cells.name,
                repair,
                int(wanting.sum()),
                _read_in_group(numbers, repair),
                int(places[first]),
                str(failed[first]),
            )
        )
    return groups


def _read_in_group(numbers: pl.Series, repair: Repair) -> int:
    if repair == "thousands":
        # the numbers may have a type that cannot represent 1,000
        return int((numbers.cast(pl.Float64).abs() >= 1000).sum())
    return int((numbers < 0).sum()) if repair == "parentheses" else numbers.len() - numbers.null_count()


def _repaired_cell(cell: pl.Expr, repair: Repair) -> pl.Expr:
    if repair == "thousands":
        return cell.str.replace_all(",", "", literal=True)
    if repair == "currency":
        return cell.str.replace_all(r"[$€£₹]\s*", "")
    if repair == "percent":
        number = cell.str.strip_suffix("%").str.strip_chars().cast(pl.Float64, strict=False) / 100
        return pl.coalesce(number.cast(pl.String), cell)
    return "-" + cell.str.strip_chars("()")
