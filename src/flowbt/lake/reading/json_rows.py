"""JSON documents that contain rows: a list of objects anywhere in the document, or an object of columns.

The place of the rows is a path of keys, as in `data.options`. A key `*name` matches every key at that place, and the key becomes the
column `name`: with `chains.*expiration.*option_type` the rows of `{"chains": {"2026-06-05": {"calls": [...], "puts": [...]}}}` have
both columns. `calls|puts` matches only these two keys. An object within a row becomes columns with a dot (`greeks.delta`); the scalars
of the document outside its rows are columns such as `$.header.underlyingprice`, with the same value in every row.

A document with a part that does not fit the path and may contain rows is refused (`json_paths.py`), so that no rows are lost silently.

A key `[]` matches the items of a list; other values of an item (`contract.strike`) are part of each row below it. Rows may be lists, if
another part of the document (`Shape.cells`) has the names of their cells.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import polars as pl

from flowbt.errors import RejectedFileError, did_you_mean
from flowbt.lake.reading.json_paths import RowsAt, astray, rows_at
from flowbt.lake.reading.names import OUTSIDE, folded
from flowbt.lake.reading.shape import Shape
from flowbt.lake.reading.sources import Source

DEEPEST: Final = 8
_DATA_KEYS: Final = {
    r"\d{4}-\d\d-\d\d": "expiration",
    r"(?i)(?:call|put|ce|pe|c|p)s?$": "option_type",
    r"\d+(?:\.\d+)?$": "strike",
}
"""Patterns for keys that are data rather than names, if all keys of an object match."""
MOST_BYTES: Final = 1 << 27
"""The largest JSON document: it is read whole and needs about ten times its size in memory."""


class JsonFile:
    """A JSON document."""

    def __init__(self, source: Source) -> None:
        with source.opened() as stream:
            data = stream.read(MOST_BYTES)
        if len(data) == MOST_BYTES:
            raise RejectedFileError("TOO_LARGE", f"a JSON document of more than {MOST_BYTES:,} bytes")
        self._document = _parsed(data)
        self._found: dict[tuple[str, str], RowsAt] = {}
        self._columns: dict[tuple[str, str], dict[str, pl.Series]] = {}

    def names(self, shape: Shape) -> list[str]:
        """The names of the columns of the rows at the shape's path; empty if there are no rows."""
        columns = self._read(shape)
        return [*columns, *(f"{OUTSIDE}{name}" for name in _scalars(self._document))] if columns else []

    def row_paths(self) -> list[str]:
        """Paths to lists of objects, the one with the most objects first."""
        lists = sorted(_lists(self._document, ()), key=lambda one: -one[1])
        return list(dict.fromkeys(".".join(path) for path, _ in lists))

    def blocks(self, shape: Shape) -> Iterator[pl.DataFrame]:
        """The rows, all in one block."""
        columns = self._read(shape)
        if not columns:
            where = f"`{shape.rows}`" if shape.rows else "the top"
            if self._is_list_at(shape.rows):
                raise RejectedFileError("EMPTY", f"the list at {where} of the document has no rows")
            raise RejectedFileError(
                "MISSING_COLUMN", f"there are no rows at {where} of the document{astray(self._document, shape.rows)}"
            )
        self._refuse_strays(shape)
        frame = pl.DataFrame(columns)
        frame = frame.with_columns(pl.all().str.strip_chars().replace("", None))
        frame = frame.filter(pl.any_horizontal(pl.all().is_not_null()))
        yield frame.with_columns(
            pl.lit(value, pl.String).alias(f"{OUTSIDE}{name}") for name, value in _scalars(self._document).items()
        )

    def _refuse_strays(self, shape: Shape) -> None:
        """Refuse a document with rows outside the path, since they would be lost."""
        at_path = self._found[shape.rows, shape.cells]
        if at_path.strays:
            raise RejectedFileError("NOT_JSON", f"not all rows are at `{shape.rows}`: {at_path.strays[0]}")
        if at_path.unseen:
            key = at_path.unseen[0]
            names = self._document if isinstance(self._document, dict) else ()
            raise RejectedFileError(
                "MISSING_COLUMN",
                f"there is no '{key}' in the document, which the path `{shape.rows}` requires{did_you_mean(key, map(str, names))}; if there are none, "
                "give it as an empty object",
            )

    def _is_list_at(self, path: str) -> bool:
        return isinstance(_at(self._document, path), list)

    def _read(self, shape: Shape) -> dict[str, pl.Series]:
        place = (shape.rows, shape.cells)
        if place not in self._columns:
            keys = shape.rows.split(".") if shape.rows else []
            names = _at(self._document, shape.cells) if shape.cells else None
            self._found[place] = rows_at(self._document, keys, names)
            self._columns[place] = _columns(self._found[place].rows)
        return self._columns[place]


def _parsed(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
        if not text.strip():
            raise RejectedFileError("EMPTY", "the file has no text")
        # numbers stay as they are written, so that nothing is rounded before their meaning is known
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except UnicodeDecodeError as error:
        raise RejectedFileError("NOT_UTF8", f"{error.reason} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        code = "TRUNCATED" if error.pos >= len(error.doc.rstrip()) - 1 or "Unterminated" in error.msg else "NOT_JSON"
        raise RejectedFileError(code, f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise RejectedFileError("NOT_JSON", "nested too deeply") from None


def _at(node: Any, path: str) -> Any:
    for key in path.split(".") if path else []:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def _lists(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    """The lists of objects below a node, with their lengths; keys that are data (dates, strikes, sides) become `*name`."""
    if isinstance(node, list):
        if node and all(isinstance(item, dict) for item in node):
            yield path, len(node)
            for key, value in node[0].items():
                if isinstance(value, list | dict) and "." not in key:
                    yield from ((place, size * len(node)) for place, size in _lists(value, (*path, "[]", key)))
        return
    if not isinstance(node, dict) or not node or len(path) > DEEPEST:
        return
    if name := next((name for look, name in _DATA_KEYS.items() if all(re.match(look, str(key)) for key in node)), ""):
        first = next(iter(node.values()))
        yield from ((place, size * len(node)) for place, size in _lists(first, (*path, f"*{name}")))
        if isinstance(first, dict) and not any(isinstance(value, list | dict) for value in first.values()):
            yield (*path, f"*{name}"), len(node)
        return
    for key, value in node.items():
        if "." not in key:
            yield from _lists(value, (*path, key))


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, pl.Series]:
    """Rows as columns of text, under folded names."""
    if not rows:
        return {}
    first = rows[0].keys()
    alike = all(row.keys() == first for row in rows)
    columns = {key: [row.get(key) for row in rows] for key in (first if alike else _keys(rows))}
    series: dict[str, pl.Series] = {}
    for key, cells in columns.items():
        name = folded(key)
        if name in series:
            raise RejectedFileError("DUPLICATE_COLUMN", f"two keys have the name {name}")
        try:
            series[name] = pl.Series(name, cells, pl.String(), strict=True)
        except (TypeError, ValueError):  # a cell that is not text, or text that cannot be stored
            if any(isinstance(cell, dict) for cell in cells):
                return _columns([_flat(row) for row in rows])
            series[name] = pl.Series(name, [_text(cell) for cell in cells], pl.String())
    return series


def _keys(rows: Sequence[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


def _flat(row: dict[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{above}{key}.")
        else:
            flat[f"{above}{key}"] = value
    return flat


def _scalars(document: Any) -> dict[str, str | None]:
    if not isinstance(document, dict):
        return {}
    return {folded(key): _text(value) for key, value in _flat(document).items() if not isinstance(value, list)}


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        # a lone surrogate, as in "\\ud800", cannot be stored as text
        return value if value is None or value.isascii() else value.encode("utf-8", "replace").decode()
    return json.dumps(value) if isinstance(value, dict | list) else str(value)
