"""Names of columns, folded so that a vendor's spelling of the day does not matter."""

from collections.abc import Iterable, Sequence
from typing import Final

from flowbt.errors import RejectedFileError, did_you_mean

OUTSIDE: Final = "$."
"""Before the name of what a file says once for all its rows: a preamble above the header, the scalars of a JSON document."""


def folded(name: str) -> str:
    """Lower case, without blanks around or brackets, blanks within as underscores: `[C_ IV]` is `c__iv`, `<DATE>` is `date`.

    A path to what is outside the rows is folded in the same way: `$.underlyingPrice` is `$.underlyingprice`.
    """
    if name.strip().startswith(OUTSIDE):
        return OUTSIDE + folded(name.strip().removeprefix(OUTSIDE))
    plain = name.strip().strip("[]<>#").strip().lower().replace(" ", "_")
    return "row_" if plain == "row" else plain  # `row` is where we note a row's place in its file


def numbered(names: Iterable[str]) -> list[str]:
    """The second column of a name is `name_2`, the third `name_3`."""
    unique: list[str] = []
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return unique


def refuse_repeated(names: Sequence[str], read: Iterable[str]) -> None:
    """Refuse a file in which a column that is read stands twice under one name, unless both are read."""
    read = set(read)
    twice = sorted(name for name in read if f"{name}_2" in names and f"{name}_2" not in read)
    if twice:
        raise RejectedFileError("DUPLICATE_COLUMN", f"two columns bear the name {', '.join(twice)}")


def lacking(header: Iterable[str], names: Iterable[str]) -> list[str]:
    """Those of a header's columns that are not among the names; `date|day` is there where either is."""
    present = set(names)
    return sorted(wanted for wanted in header if not present & set(wanted.split("|")))


def near_misses(missing: Iterable[str], names: Iterable[str]) -> str:
    """For names that a file lacks the nearest ones that it has, as questions to append to a message, or nothing."""
    present = list(names)
    return "".join(
        f"{question} for '{wanted}'".replace("?", "", 1) + "?"
        for alternatives in missing
        for wanted in alternatives.split("|")
        if (question := did_you_mean(wanted, present))
    )
