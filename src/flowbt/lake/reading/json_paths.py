"""Rows at a path of keys in a JSON document (`json_rows.py` explains the path), and parts outside the path that may contain rows too.

Parts of a document that do not fit the path would be lost silently, so they are recorded: a list where the path has a key, an object
without the key, a key that differs only in case. Single values cannot contain rows and are ignored.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowbt.errors import RejectedFileError, did_you_mean

Row = dict[str, Any]
MOST_KEYS = 12


@dataclass
class RowsAt:
    """The rows at a path.

    Attributes:
        rows: objects, with the keys that matched `*name` on the way, and the values next to the rows.
        strays: places that may contain rows and do not fit the path, each with a description of the difference.
        unseen: for keys such as `calls|puts`, those that the document lacks while it has another one.
    """

    rows: list[Row] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


def rows_at(document: Any, keys: Sequence[str], names: Any) -> RowsAt:
    """The rows of a document.

    Args:
        document: the parsed document.
        keys: the keys of the path.
        names: the names of the cells, if rows are lists.
    """
    walk = _Walk(names)
    walk.into(document, keys, {}, ())
    for key in keys:
        alternatives = key.split("|")
        if walk.seen & set(alternatives):
            walk.result.unseen += [one for one in alternatives if one not in walk.seen]
    return walk.result


class _Walk:
    def __init__(self, names: Any) -> None:
        self.result = RowsAt()
        self.seen: set[str] = set()
        self._names = names

    def into(self, node: Any, keys: Sequence[str], captured: Row, path: tuple[str, ...]) -> None:
        """Add the rows at the rest of a path."""
        if not keys:
            self.result.rows += _objects(node, captured, self._names)
        elif isinstance(node, list) and keys[0] == "[]":
            for number, item in enumerate(node):
                next_to_rows = (
                    {k: value for k, value in item.items() if k not in keys} if isinstance(item, dict) else {}
                )
                self.into(item, keys[1:], {**captured, **next_to_rows}, (*path, str(number)))
        elif isinstance(node, dict) and keys[0].startswith("*"):
            for key, value in node.items():
                self.into(value, keys[1:], {**captured, keys[0][1:]: key}, (*path, key))
        elif isinstance(node, dict) and keys[0] != "[]":
            self._into_named(node, keys, captured, path)
        elif _may_hold_rows(node):
            kind = "a list" if isinstance(node, list) else "an object"
            self._stray(path, f"{kind}, but the path has '{keys[0]}'")

    def _into_named(self, node: Row, keys: Sequence[str], captured: Row, path: tuple[str, ...]) -> None:
        wanted = keys[0].split("|")
        present = [key for key in wanted if key in node]
        for key in present:
            self.seen.add(key)
            self.into(node[key], keys[1:], captured, (*path, key))
        others = [key for key, value in node.items() if key not in wanted and _may_hold_rows(value)]
        if present:
            spelled = {_plain(key) for key in wanted if key not in node}
            others = [key for key in others if _plain(key) in spelled]
        if others:
            self._stray(path, f"{', '.join(others[:MOST_KEYS])}, but the path has '{keys[0]}'")

    def _stray(self, path: tuple[str, ...], what: str) -> None:
        self.result.strays.append(f"at {'.'.join(path) or 'the top'} there is {what}")


def _may_hold_rows(node: Any) -> bool:
    return isinstance(node, list | dict) and bool(node)


def _plain(key: str) -> str:
    return re.sub("[^a-z0-9]", "", key.lower())


def _objects(node: Any, captured: Row, names: Any) -> Iterator[Row]:
    if isinstance(node, dict) and node and all(isinstance(value, list) for value in node.values()):
        lengths = {len(value) for value in node.values()}
        if len(lengths) > 1:
            raise RejectedFileError("NOT_JSON", f"its columns have different lengths: {sorted(lengths)}")
        columns = list(node)
        node = [dict(zip(columns, cells, strict=True)) for cells in zip(*node.values(), strict=True)]
    if isinstance(node, dict):
        node = [node] if node else []  # `"calls": {}` contains no call
    if not isinstance(node, list):
        return
    for number, row in enumerate(node, 1):
        if isinstance(row, list) and isinstance(names, list) and len(row) == len(names):
            row = dict(zip(map(str, names), row, strict=True))  # noqa: PLW2901 (a list with names is an object)
        if not isinstance(row, dict):
            raise RejectedFileError("NOT_JSON", f"row {number} is not an object")
        yield {**captured, **row} if captured else row


def astray(node: Any, path: str) -> str:
    """The first key of a path that the document lacks, the keys that it has instead, and the most similar one."""
    for key in path.split(".") if path else []:
        if key == "[]":
            if not isinstance(node, list) or not node:
                return ": there is no list where '[]' expects one"
            node = node[0]
        elif not isinstance(node, dict) or not node:
            return f": there are no keys where '{key}' should be"
        elif key.startswith("*"):
            node = next(iter(node.values()))
        elif key in node:
            node = node[key]
        else:
            keys = ", ".join(map(str, list(node)[:MOST_KEYS]))
            return f": it has no key '{key}' but {keys}{did_you_mean(key, map(str, node))}"
    return ""
