"""Reports as plain text, at most 100 columns wide: the answer, then compact tables; the page has the rest."""

import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any, Final

from flowbt.report.evaluation.answer import evaluation_answer
from flowbt.report.evaluation.luck_tables import other_tests_table
from flowbt.report.evaluation.tables import bucket_tests_table, buckets_table, decay_table
from flowbt.report.evaluation.verdict_tables import hit_rate_table
from flowbt.report.kit import conventions
from flowbt.report.kit.failed_metrics import failed_sentence
from flowbt.report.kit.formats import listed, printable, span
from flowbt.report.kit.table import Heading, Table
from flowbt.report.levels.tables import summary_table

WIDTH: Final = 100

TOO_WIDE: Final = ("Effective n", "Its 95%", "Lift then", "Mean value", "Size 95%")
"""Columns that the terminal has no room for."""


def evaluation_text(document: Mapping[str, Any]) -> str:
    """An evaluation's answer, its hit rates against base rates, the other tests by horizon, and its decay."""
    horizons = document.get("horizons") or []
    return _page(
        _heading(document, "signal", "series"),
        _paragraphs(document.get("answer") or evaluation_answer(document)),
        _decided(document),
        to_text(buckets_table(document).without(*TOO_WIDE)),
        to_text(bucket_tests_table(document)),
        to_text(hit_rate_table(horizons).without(*TOO_WIDE)),
        to_text(summary_table(document.get("levels") or {})),
        to_text(other_tests_table(horizons)),
        to_text(decay_table(document)),
        _wrapped(failed_sentence(document)),
        _where(document),
    )


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
