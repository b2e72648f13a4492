"""`docs/reference/documents.md` describes every JSON document, from the result classes that make them.

`FLOWBT_UPDATE_GOLDEN=1 pytest tests/report/test_documents.py` writes the page again: read the difference. A key that disappears from it
breaks scripts of users.
"""

import inspect
import os
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from tests.report.commands import COMMANDS

from flowbt.documents import Result
from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "documents.md"
HEAD = """# JSON documents

Every command that reports takes `--json` and prints one document on stdout; the functions of the Python API return the same
result as an object whose `.document()` is that document. Numbers are plain JSON numbers, missing is `null` (never NaN), dates
are `YYYY-MM-DD`, shares and returns are fractions (0.012 is 1.2%), prices are per share in the currency of the exchange.

The keys are a contract: keys are added, never renamed or removed. This page is made from the classes that make the documents
(`tests/report/test_documents.py`), so it cannot differ from them.
"""
WORDS = {
    str: "text", int: "whole number", float: "number", bool: "true or false", date: "date", datetime: "moment", Any: "any value",
    type(None): "null",
}  # fmt: skip


def described(kind: type[Result]) -> dict[str, str]:
    """What each attribute of a result class means, from the `Attributes` section of its docstring."""
    meanings: dict[str, str] = {}
    for parent in reversed(kind.__mro__):
        text = inspect.cleandoc(parent.__doc__ or "")
        _, _, section = text.partition("Attributes:\n")
        section = re.split(r"\n(?=\S)", section)[0]
        for entry in re.split(r"\n(?=    \S)", "\n" + section):
            name, colon, meaning = entry.strip().partition(":")
            if colon:
                for each in name.split(","):
                    meanings[each.strip()] = re.sub(r"\s+", " ", meaning).strip()
    return meanings


def written(annotation: Any) -> str:
    """A type in words, nested results by the names of their sections."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in {Union, types.UnionType}:
        return " or ".join(dict.fromkeys(map(written, inner)))
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inner)
    if origin is tuple and inner[1:] != (Ellipsis,):
        return f"[{', '.join(map(written, inner))}]"
    if origin is not None:
        return (
            f"object of {written(inner[1])} by name" if issubclass(origin, Mapping) else f"list of {written(inner[0])}"
        )
    if inspect.isclass(annotation) and issubclass(annotation, Result):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return WORDS.get(annotation, getattr(annotation, "__name__", str(annotation)))


def results_in(annotation: Any) -> Iterator[type[Result]]:
    """The result classes that a type mentions."""
    if inspect.isclass(annotation) and issubclass(annotation, Result):
        yield annotation
    for inner in get_args(annotation):
        yield from results_in(inner)


def keys_of(kind: type[Result]) -> list[tuple[str, Any, str]]:
    """Key, type and meaning of each documented field."""
    hints, meanings = get_type_hints(kind), described(kind)
    keys: list[tuple[str, Any, str]] = []
    for each in fields(kind):  # type: ignore[arg-type] # every subclass is a dataclass
        if "merged" in each.metadata:
            keys.append(("...", hints[each.name], f"the keys of this one. {meanings.get(each.name, '')}".strip()))
        elif "internal" not in each.metadata:
            keys.append((str(each.metadata.get("key", each.name)), hints[each.name], meanings.get(each.name, "")))
    return keys


def reachable(roots: Mapping[str, type[Result]]) -> list[type[Result]]:
    """The result classes of all documents, in the order in which a reader meets them."""
    seen: dict[type[Result], None] = {}
    waiting = list(roots.values())
    while waiting:
        kind = waiting.pop(0)
        if kind not in seen:
            seen[kind] = None
            waiting = [*(found for _, hint, _ in keys_of(kind) for found in results_in(hint)), *waiting]
    return list(seen)


def page() -> str:
    """The whole page."""
    commands = [f"- {command}: [{kind.__name__}](#{kind.__name__.lower()})" for command, kind in COMMANDS.items()]
    parts = [HEAD, "\n".join(commands)]
    for kind in reachable(COMMANDS):
        summary = inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0].replace("\n", " ")
        rows = [f"| `{key}` | {written(hint)} | {meaning} |" for key, hint, meaning in keys_of(kind)]
        parts.append(
            "\n".join([f"## {kind.__name__}", "", summary, "", "| key | type | meaning |", "|---|---|---|", *rows])
        )
    return "\n\n".join(parts) + "\n"


def test_the_page_is_that_of_the_result_classes() -> None:
    if os.environ.get("FLOWBT_UPDATE_GOLDEN"):
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page()


@pytest.mark.parametrize("kind", reachable(COMMANDS), ids=lambda kind: kind.__name__)
def test_every_key_is_explained(kind: type[Result]) -> None:
    assert [key for key, _, meaning in keys_of(kind) if not meaning] == []


def test_documents_have_the_keys_of_their_classes(signal: SignalEvaluation, series: SeriesEvaluation) -> None:
    for result in (signal, series):
        keys = {key for key, _, _ in keys_of(type(result)) if key != "..."}
        optional = {str(each.metadata.get("key", each.name)) for each in fields(result) if "optional" in each.metadata}
        assert keys - optional <= set(result.document()) <= keys


def test_no_two_results_share_a_name() -> None:
    names = [kind.__name__ for kind in reachable(COMMANDS)]
    assert sorted(set(names)) == sorted(names)
