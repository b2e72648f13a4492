"""Numbers that are not written as plain numbers: what a layout declares is repaired and counted, nothing else is.

A repair that is not declared is noticed all the same. Where a file writes its large numbers with separators, exactly the
large ones cannot be read, and a limit on the share of bad rows would set the largest strikes aside. So the limit also
holds within each group of numbers that one repair is about (`Unrepaired`): numbers from 1,000 up for `thousands`, negative
ones for `parentheses`, the whole column for the others.
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
"""What a cell looks like that a repair is for. Commas are separators in groups of three, or in groups of two before the last
three (2,54,729, as in India); `1,5` and `0,123` are decimals of another language and stay unreadable."""

GROUP_WORDS: Final[Mapping[Repair, str]] = {"thousands": " of 1,000 or more", "parentheses": " below zero"}


@dataclass(frozen=True)
class Unrepaired:
    """Numbers of a column that cannot be read, and that a repair which is not declared would read.

    Attributes:
        column: ours.
        repair: the one that would read them.
        cells: how many there are.
        read: how many numbers of the same group were read as they are.
        row: of the first, in the file.
        cell: the first.
    """

    column: str
    repair: Repair
    cells: int
    read: int
    row: int
    cell: str

    def joined(self, more: "Unrepaired") -> "Unrepaired":
        """This and those of a later block."""
        return replace(self, cells=self.cells + more.cells, read=self.read + more.read)


def repaired(
    text: pl.DataFrame, numeric: Sequence[str], repairs: Sequence[Repair]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The text with its numbers repaired, and how many cells each repair changed, by code."""
    counts: dict[str, int] = {}
    columns = [name for name in numeric if text.schema[name] == pl.String()]
    for repair in repairs:
        wanting = {name: text[name].str.contains(PATTERNS[repair]).fill_null(value=False) for name in columns}
        n = sum(int(found.sum()) for found in wanting.values())
        if not n:
            continue
        counts[f"REPAIRED_{repair.upper()}"] = n
        text = text.with_columns(
            pl.when(found).then(_mended(pl.col(name), repair)).otherwise(pl.col(name)).alias(name)
            for name, found in wanting.items()
            if found.any()
        )
    return text, counts


def unrepaired(cells: pl.Series, bad: pl.Series, numbers: pl.Series, rows: pl.Series) -> list[Unrepaired]:
    """Which repairs would read the bad cells of a column.

    Args:
        cells: as text.
        bad: which of them cannot be read.
        numbers: those that can.
        rows: where each is in the file.
    """
    found = []
    failed, places = cells.filter(bad), rows.filter(bad)
    for repair, pattern in PATTERNS.items():
        wanting = failed.str.contains(pattern)
        alone, _ = repaired(pl.DataFrame({"cell": failed.filter(wanting)}), ["cell"], [repair])
        if not wanting.any() or alone["cell"].cast(pl.Float64, strict=False).null_count():
            continue
        first = int(wanting.arg_true()[0])
        found.append(
            Unrepaired(
                cells.name,
                repair,
                int(wanting.sum()),
                _read_in_group(numbers, repair),
                int(places[first]),
                str(failed[first]),
            )
        )
    return found


def _read_in_group(numbers: pl.Series, repair: Repair) -> int:
    if repair == "thousands":
        # the numbers may be of a type that cannot hold a thousand
        return int((numbers.cast(pl.Float64).abs() >= 1000).sum())
    return int((numbers < 0).sum()) if repair == "parentheses" else numbers.len() - numbers.null_count()


def _mended(cell: pl.Expr, repair: Repair) -> pl.Expr:
    if repair == "thousands":
        return cell.str.replace_all(",", "", literal=True)
    if repair == "currency":
        return cell.str.replace_all(r"[$€£₹]\s*", "")
    if repair == "percent":
        number = cell.str.strip_suffix("%").str.strip_chars().cast(pl.Float64, strict=False) / 100
        return pl.coalesce(number.cast(pl.String), cell)
    return "-" + cell.str.strip_chars("()")
