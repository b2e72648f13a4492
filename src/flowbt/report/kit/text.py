"""A report as plain text, at most 100 columns wide: the answer, then sections with compact tables."""

import re
import textwrap
from collections.abc import Iterable
from typing import Final

from flowbt.report.kit.formats import printable
from flowbt.report.kit.section import Page, Section
from flowbt.report.kit.table import Heading, Table

WIDTH: Final = 100
LABEL: Final = 18
"""Width of the names of facts."""


def page_text(page: Page, *, brief: bool = False) -> str:
    """The page's heading, answer and sections as text, without what needs a page: figures, folded tables, details.

    Args:
        page: the report.
        brief: only the sections marked so.
    """
    head = [wrapped(page.title), *(wrapped(fact) for fact in page.facts if fact)]
    shown = [section for section in page.shown() if not section.detail and (section.brief or not brief)]
    blocks = ["\n".join(head), *map(wrapped, page.answer), *filter(None, map(_section, shown))]
    return "\n\n".join(blocks) + "\n"


def table_text(table: Table) -> str:
    """The table in aligned columns, without its columns of detail; a line that passes the width is cut."""
    table = table.brief()
    if not table.rows:
        return ""
    headings = tuple(column.heading for column in table.columns)
    rows = [tuple(map(printable, row)) for row in table.rows]
    widths = [max(map(len, texts)) for texts in zip(headings, *rows, strict=True)]
    lines = [_line(headings, widths, table.columns), "  ".join("-" * width for width in widths)]
    lines += [_line(row, widths, table.columns) for row in rows]
    return "\n".join([*(_cut(line) for line in lines), *([wrapped(table.note)] if table.note else [])])


def wrapped(text: str, indent: str = "") -> str:
    """The text on one or more lines of at most `WIDTH`, without control characters; `p = 0.05` stays on one line."""
    return _filled(printable(text), indent)


def _section(section: Section) -> str:
    blocks = list(map(wrapped, section.sentences))
    if section.facts:
        blocks.append("\n".join(_fact(name, text) for name, text in section.facts))
    blocks += [
        table_text(table) if table.title == section.title else f"{printable(table.title)}\n{table_text(table)}"
        for table in section.shown()
    ]
    if section.items:
        blocks.append(
            "\n".join(wrapped(f"- {f'{label}: ' if label else ''}{text}", "  ") for label, text in section.items)
        )
    if not blocks:
        return ""
    title = printable(section.title)
    return "\n".join([title, "-" * len(title), *blocks])


def _fact(name: str, text: str) -> str:
    return _filled(f"{printable(name):<{LABEL - 2}}  {printable(text)}", " " * LABEL)


def _filled(text: str, indent: str) -> str:
    together = re.sub(r" ([=<]) ", "\u00a0\\1\u00a0", text)
    filled = textwrap.fill(together, WIDTH, subsequent_indent=indent, break_on_hyphens=False)
    return filled.replace("\u00a0", " ")


def _line(texts: Iterable[str], widths: list[int], columns: tuple[Heading, ...]) -> str:
    return "  ".join(
        text.rjust(width) if column.number else text.ljust(width)
        for text, width, column in zip(texts, widths, columns, strict=True)
    ).rstrip()


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
