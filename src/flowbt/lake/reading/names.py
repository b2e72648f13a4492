"""Names of columns, folded so that a vendor's spelling of the day does not matter."""

from collections.abc import Iterable, Sequence

from flowbt.errors import RejectedFileError


def folded(name: str) -> str:
    """Lower case, without blanks around or brackets, blanks within as underscores: `[C_ IV]` is `c__iv`."""
    plain = name.strip().strip("[]#").strip().lower().replace(" ", "_")
    return "row_" if plain == "row" else plain  # `row` is where we note a row's place in its file


def numbered(names: Iterable[str]) -> list[str]:
    """The second column of a name is `name_2`, the third `name_3`."""
    found: list[str] = []
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found


def refuse_repeated(names: Sequence[str], read: Iterable[str]) -> None:
    """Refuse a file in which a column that is read stands twice under one name, unless both are read."""
    read = set(read)
    twice = sorted(name for name in read if f"{name}_2" in names and f"{name}_2" not in read)
    if twice:
        raise RejectedFileError("DUPLICATE_COLUMN", f"two columns bear the name {', '.join(twice)}")


def lacking(header: Iterable[str], names: Iterable[str]) -> list[str]:
    """Those of a header's columns that are not among the names; `date|day` is there where either is."""
    held = set(names)
    return sorted(wanted for wanted in header if not held & set(wanted.split("|")))
