"""A report as Markdown, as for a chat or a repository; text from outside cannot be read as markup."""

import re
from typing import Final

from flowbt.report.kit.formats import printable
from flowbt.report.kit.section import Page, Section
from flowbt.report.kit.table import Table, facts_table

MARKUP: Final = re.compile(r"([\\*_\[\]<>#|~&!])")
CODE: Final = re.compile(r"(`flowbt [^`<>|]*`)")
"""Commands: nothing else is left as code, for a name from outside may hold any number of backticks."""


def page_markdown(page: Page) -> str:
    """The whole page, folded tables and method included, without figures."""
    head = [f"# {escaped(page.title)}", *(escaped(fact) for fact in page.facts if fact), *map(escaped, page.answer)]
    blocks = [*head, *map(_section, page.shown())]
    if page.parameters:
        blocks.append(f"## Parameters\n\n{_table(facts_table('Parameters', page.parameters, ('Parameter', 'Value')))}")
    if page.method:
        blocks.append(_section(Section("Method", facts=page.method)))
    return "\n\n".join(blocks) + "\n"


def _section(section: Section) -> str:
    blocks = [f"## {escaped(section.title)}", *map(escaped, section.sentences)]
    if section.facts:
        blocks.append("\n".join(f"- **{escaped(name)}**: {escaped(text)}" for name, text in section.facts))
    shown = [*section.shown(), *(table for table in section.folded if table.rows)]
    blocks += [
        _table(table) if table.title == section.title else f"### {escaped(table.title)}\n\n{_table(table)}"
        for table in shown
    ]
    if section.items:
        blocks.append(
            "\n".join(f"- {f'**{escaped(label)}**: ' if label else ''}{escaped(text)}" for label, text in section.items)
        )
    return "\n\n".join(blocks)


def _table(table: Table) -> str:
    rule = "|".join("---:" if column.number else "---" for column in table.columns)
    rows = [[column.heading for column in table.columns], *table.rows]
    lines = ["| " + " | ".join(map(escaped, row)) + " |" for row in rows]
    return "\n".join([lines[0], f"|{rule}|", *lines[1:], *(["", escaped(table.note)] if table.note else [])])


def escaped(text: str) -> str:
    """Text in which whatever Markdown and HTML would take for markup is escaped; commands between backticks stay code."""
    pieces = CODE.split(printable(text))
    return "".join(
        piece if CODE.fullmatch(piece) else MARKUP.sub(r"\\\1", piece).replace("`", r"\`") for piece in pieces
    )
