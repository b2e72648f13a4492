"""Names of columns, folded to one spelling so that a vendor's changes of case and blanks do not matter."""

from collections.abc import Iterable, Sequence
from typing import Final

from flowbt.errors import RejectedFileError, did_you_mean

OUTSIDE: Final = "$."
"""Prefix of values that a file gives once for all rows: a preamble above the header, the scalars of a JSON document."""


def folded(name: str) -> str:
    """A name in lower case, without outer blanks and brackets, and with underscores for blanks: `[C_ IV]` is `c__iv`, `<DATE>` is `date`.

    Names of values outside the rows are folded in the same way: `$.underlyingPrice` is `$.underlyingprice`.
    """
    if name.strip().startswith(OUTSIDE):
        return OUTSIDE + folded(name.strip().removeprefix(OUTSIDE))
    plain = name.strip().strip("[]<>#").strip().lower().replace(" ", "_")
    return "row_" if plain == "row" else plain  # `row` is our column for the number of a row in its file


def numbered(names: Iterable[str]) -> list[str]:
    """Unique names: the second column with a name is `name_2`, the third `name_3`."""
    unique: list[str] = []
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return unique


def refuse_repeated(names: Sequence[str], read: Iterable[str]) -> None:
    """Refuse a file that has a column to be read twice under one name, unless both columns are read."""
    read = set(read)
    twice = sorted(name for name in read if f"{name}_2" in names and f"{name}_2" not in read)
    if twice:
        raise RejectedFileError("DUPLICATE_COLUMN", f"two columns have the name {', '.join(twice)}")


def lacking(header: Iterable[str], names: Iterable[str]) -> list[str]:
    """The columns of a header that are not among the names; `date|day` needs only one of the two."""
    present = set(names)
    return sorted(wanted for wanted in header if not present & set(wanted.split("|")))


def near_misses(missing: Iterable[str], names: Iterable[str]) -> str:
    """Questions to append to a message, which name the most similar columns that the file has; empty if there are none."""
    present = list(names)
    return "".join(
        f"{question} for '{wanted}'".replace("?", "", 1) + "?"
        for alternatives in missing
        for wanted in alternatives.split("|")
        if (question := did_you_mean(wanted, present))
    )
