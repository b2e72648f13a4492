"""JSON documents that hold rows: a list of objects somewhere in it, or an object of columns.

Where the rows lie is a path of keys, as in `data.options`. A key `*name` stands for every key at that place, and the key
itself becomes the column `name`: with `chains.*expiration.*option_type` the rows of
`{"chains": {"2026-06-05": {"calls": [...], "puts": [...]}}}` bear both; `calls|puts` stands for these two keys alone. An object within a row becomes columns with a dot
(`greeks.delta`); the scalars of the document outside its rows stand beside every row as `$.header.underlyingprice`.

A key `[]` stands for the items of a list; what an item holds beside the rows below it (`contract.strike`) is part of each
of them. Rows may be lists, where the document says elsewhere (`Shape.cells`) what their cells are called.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import polars as pl

from flowbt.errors import RejectedFileError, did_you_mean
from flowbt.lake.reading.names import OUTSIDE, folded
from flowbt.lake.reading.opened import Shape
from flowbt.lake.reading.sources import Source

DEEPEST: Final = 8
_DATA_KEYS: Final = {
    r"\d{4}-\d\d-\d\d": "expiration",
    r"(?i)(?:call|put|ce|pe|c|p)s?$": "option_type",
    r"\d+(?:\.\d+)?$": "strike",
}
"""Keys of objects that are data rather than names, by how all keys of the object look."""
MOST_BYTES: Final = 1 << 27
"""A JSON document is read whole, and takes some ten times its size in memory."""


class JsonFile:
    """A JSON document."""

    def __init__(self, source: Source) -> None:
        with source.opened() as stream:
            data = stream.read(MOST_BYTES)
        if len(data) == MOST_BYTES:
            raise RejectedFileError("TOO_LARGE", f"a JSON document of more than {MOST_BYTES:,} bytes")
        self._document = _parsed(data)
        self._columns: dict[tuple[str, str], dict[str, pl.Series]] = {}

    def names(self, shape: Shape) -> list[str]:
        """The names of the columns of the rows at the shape's path; empty where there are no rows at all."""
        columns = self._read(shape)
        return [*columns, *(f"{OUTSIDE}{name}" for name in _scalars(self._document))] if columns else []

    def row_paths(self) -> list[str]:
        """Paths to lists of objects, the one with the most objects first."""
        found = sorted(_lists(self._document, ()), key=lambda one: -one[1])
        return list(dict.fromkeys(".".join(path) for path, _ in found))

    def blocks(self, shape: Shape) -> Iterator[pl.DataFrame]:
        """The rows, all in one block."""
        columns = self._read(shape)
        if not columns:
            where = f"`{shape.rows}`" if shape.rows else "the top"
            if self._is_list_at(shape.rows):
                raise RejectedFileError("EMPTY", f"the list at {where} of the document has no rows")
            raise RejectedFileError(
                "MISSING_COLUMN", f"there are no rows at {where} of the document{_astray(self._document, shape.rows)}"
            )
        frame = pl.DataFrame(columns)
        frame = frame.with_columns(pl.all().str.strip_chars().replace("", None))
        frame = frame.filter(pl.any_horizontal(pl.all().is_not_null()))
        yield frame.with_columns(
            pl.lit(value, pl.String).alias(f"{OUTSIDE}{name}") for name, value in _scalars(self._document).items()
        )

    def _is_list_at(self, path: str) -> bool:
        return isinstance(_at(self._document, path), list)

    def _read(self, shape: Shape) -> dict[str, pl.Series]:
        place = (shape.rows, shape.cells)
        if place not in self._columns:
            keys = shape.rows.split(".") if shape.rows else []
            names = _at(self._document, shape.cells) if shape.cells else None
            self._columns[place] = _columns(list(_rows(self._document, keys, {}, names)))
        return self._columns[place]


def _parsed(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
        if not text.strip():
            raise RejectedFileError("EMPTY", "the file has no text")
        # numbers stay as they are written: nothing is rounded before it is known what they mean
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
    """The lists of objects below a node, with how many each holds; keys that are data (dates, strikes, sides) stand for any."""
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


def _astray(node: Any, path: str) -> str:
    """Which key of a path is the first that is not there, what is there instead, and the nearest of it."""
    for key in path.split(".") if path else []:
        if key == "[]":
            if not isinstance(node, list) or not node:
                return ": there is no list to take the items of"
            node = node[0]
        elif not isinstance(node, dict) or not node:
            return f": there are no keys where '{key}' should be"
        elif key.startswith("*"):
            node = next(iter(node.values()))
        elif key in node:
            node = node[key]
        else:
            return (
                f": it has no key '{key}' but {', '.join(map(str, list(node)[:12]))}{did_you_mean(key, map(str, node))}"
            )
    return ""


def _rows(node: Any, keys: Sequence[str], captured: dict[str, Any], names: Any) -> Iterator[dict[str, Any]]:
    """The objects at a path, each with the keys that stood for `*name` on the way, and what stood beside it."""
    if not keys:
        yield from _objects(node, captured, names)
    elif isinstance(node, list) and keys[0] == "[]":
        for item in node:
            beside = {key: value for key, value in item.items() if key not in keys} if isinstance(item, dict) else {}
            yield from _rows(item, keys[1:], {**captured, **beside}, names)
    elif isinstance(node, dict) and keys[0].startswith("*"):
        for key, value in node.items():
            yield from _rows(value, keys[1:], {**captured, keys[0][1:]: key}, names)
    elif isinstance(node, dict):
        for key in keys[0].split("|"):
            if key in node:
                yield from _rows(node[key], keys[1:], captured, names)


def _objects(node: Any, captured: dict[str, Any], names: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict) and node and all(isinstance(value, list) for value in node.values()):
        lengths = {len(value) for value in node.values()}
        if len(lengths) > 1:
            raise RejectedFileError("NOT_JSON", f"its columns are of different lengths: {sorted(lengths)}")
        columns = list(node)
        node = [dict(zip(columns, cells, strict=True)) for cells in zip(*node.values(), strict=True)]
    if isinstance(node, dict):
        node = [node]
    if not isinstance(node, list):
        return
    for number, row in enumerate(node, 1):
        if isinstance(row, list) and isinstance(names, list) and len(row) == len(names):
            row = dict(zip(map(str, names), row, strict=True))  # noqa: PLW2901 (a list with names is an object)
        if not isinstance(row, dict):
            raise RejectedFileError("NOT_JSON", f"row {number} is no object")
        yield {**captured, **row} if captured else row


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, pl.Series]:
    """Rows as columns of text, under folded names."""
    if not rows:
        return {}
    first = rows[0].keys()
    alike = all(row.keys() == first for row in rows)
    columns = {key: [row.get(key) for row in rows] for key in (first if alike else _keys(rows))}
    found: dict[str, pl.Series] = {}
    for key, cells in columns.items():
        name = folded(key)
        if name in found:
            raise RejectedFileError("DUPLICATE_COLUMN", f"two keys bear the name {name}")
        try:
            found[name] = pl.Series(name, cells, pl.String(), strict=True)
        except (TypeError, ValueError):  # a cell that is no text, or text that cannot be stored
            if any(isinstance(cell, dict) for cell in cells):
                return _columns([_flat(row) for row in rows])
            found[name] = pl.Series(name, [_text(cell) for cell in cells], pl.String())
    return found


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
        # a lone surrogate, as in "\\ud800", is no text that could be stored
        return value if value is None or value.isascii() else value.encode("utf-8", "replace").decode()
    return json.dumps(value) if isinstance(value, dict | list) else str(value)
