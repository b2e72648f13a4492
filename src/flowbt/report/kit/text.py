"""Reports as plain text, at most 100 columns wide: the answer, then compact tables; the page has the rest."""

import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any, Final

from flowbt.report.kit import conventions
from flowbt.report.kit.formats import listed, printable, span
from flowbt.report.kit.table import Heading, Table

WIDTH: Final = 100


def to_text(table: Table) -> str:
    """The table in aligned columns; the last column is cut where it would pass the width."""
    if not table.rows:
        return ""
    headings = tuple(column.heading for column in table.columns)
    rows = [tuple(map(printable, row)) for row in table.rows]
    widths = [max(map(len, texts)) for texts in zip(headings, *rows, strict=True)]
    lines = [_line(headings, widths, table.columns), "  ".join("-" * width for width in widths)]
    lines += [_line(row, widths, table.columns) for row in rows]
    return "\n".join([*(_cut(line) for line in lines), *([_wrapped(table.note)] if table.note else [])])


def _line(texts: Iterable[str], widths: list[int], columns: tuple[Heading, ...]) -> str:
    return "  ".join(
        text.rjust(width) if column.number else text.ljust(width)
        for text, width, column in zip(texts, widths, columns, strict=True)
    ).rstrip()


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def _heading(document: Mapping[str, Any], *names: str) -> str:
    title = next((str(document[name]) for name in names if document.get(name)), "")
    return _wrapped(" · ".join(filter(None, [title, listed(document.get("symbols") or [], most=8), span(document)])))


def _wrapped(text: str) -> str:
    # `p = 0.05` stays on one line
    together = re.sub(r" ([=<]) ", "\u00a0\\1\u00a0", printable(text))
    return textwrap.fill(together, WIDTH).replace("\u00a0", " ")


def _paragraphs(text: str) -> str:
    return "\n\n".join(_wrapped(paragraph) for paragraph in text.split("\n\n"))


def _decided(document: Mapping[str, Any]) -> str:
    """When it was decided, where that is not at the close."""
    decision = document.get("decision", "close")
    return "" if decision == "close" else _wrapped(conventions.DECISIONS.get(str(decision), ""))


def _where(document: Mapping[str, Any]) -> str:
    return printable(f"Report: {document['report']}") if document.get("report") else ""


def _page(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"
