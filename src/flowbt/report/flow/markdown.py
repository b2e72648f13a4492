"""The flow report as Markdown, as for a chat or a repository; what comes from outside cannot be read as markup."""

import re
from collections.abc import Mapping
from typing import Any, Final

from flowbt.report.flow.amounts import in_its_currency
from flowbt.report.flow.part import Part
from flowbt.report.flow.sections import parts, standing, title
from flowbt.report.kit.table import Table
from flowbt.report.kit.text import printable

MARKUP: Final = re.compile(r"([\\*_\[\]<>#|~&!])")
CODE: Final = re.compile(r"(`flowbt [^`<>|]*`)")
"""Commands: nothing else is left as code, for a name from outside may hold any number of backticks."""


@in_its_currency
def flow_markdown(document: Mapping[str, Any]) -> str:
    """The report of a document of `flowbt verdict` (interface.md)."""
    head = [f"# {escaped(title(document))}", *(escaped(line) for line in standing(document))]
    return "\n\n".join([*head, *(_part(part) for part in parts(document))]) + "\n"


def _part(part: Part) -> str:
    blocks = [f"## {part.title}", *(escaped(sentence) for sentence in part.says)]
    if part.facts:
        blocks.append("\n".join(f"- **{escaped(name)}**: {escaped(said)}" for name, said in part.facts))
    shown = part.shown()
    blocks += [f"### {table.title}\n\n{_table(table)}" if len(shown) > 1 else _table(table) for table in shown]
    if part.items:
        blocks.append(
            "\n".join(f"- {f'**{escaped(name)}**: ' if name else ''}{escaped(said)}" for name, said in part.items)
        )
    return "\n\n".join(blocks)


def _table(table: Table) -> str:
    rule = "|".join("---:" if column.number else "---" for column in table.columns)
    rows = [[column.heading for column in table.columns], *table.rows]
    lines = ["| " + " | ".join(map(escaped, row)) + " |" for row in rows]
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def escaped(text: str) -> str:
    """Text with what Markdown and HTML would take for markup told as text; commands between backticks are left code."""
    pieces = CODE.split(printable(text))
    return "".join(
        piece if CODE.fullmatch(piece) else MARKUP.sub(r"\\\1", piece).replace("`", r"\`") for piece in pieces
    )
