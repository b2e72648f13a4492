"""The flow report as plain text, at most 100 columns wide: what a trader reads in the terminal after the close."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flowbt.report.flow.amounts import in_its_currency
from flowbt.report.flow.part import Part
from flowbt.report.flow.sections import parts, standing, title
from flowbt.report.kit.text import WIDTH, printable, to_text

LABEL: Final = 18
BRIEF: Final = 2
"""Parts of a report in brief."""


@in_its_currency
def flow_text(document: Mapping[str, Any]) -> str:
    """The report of a document of `flowbt verdict` (interface.md)."""
    return _of(document, parts(document))


@in_its_currency
def flow_brief(document: Mapping[str, Any]) -> str:
    """The verdict with its reasons and the key conclusions, without the rest."""
    return _of(document, parts(document)[:BRIEF])


def _of(document: Mapping[str, Any], shown: Sequence[Part]) -> str:
    head = [printable(title(document)), *(_wrapped(line) for line in standing(document))]
    return "\n\n".join(["\n".join(head), *map(_part, shown)]) + "\n"


def _part(part: Part) -> str:
    blocks = [_wrapped(sentence) for sentence in part.says]
    if part.facts:
        blocks.append("\n".join(_fact(name, said) for name, said in part.facts))
    shown = part.shown()
    blocks += [f"{table.title}\n{to_text(table)}" if len(shown) > 1 else to_text(table) for table in shown]
    if part.items:
        blocks.append("\n".join(_item(name, said) for name, said in part.items))
    return "\n".join([part.title, "-" * len(part.title), *blocks])


def _fact(name: str, said: str) -> str:
    return _wrapped(f"{printable(name):<{LABEL - 2}}  {printable(said)}", " " * LABEL, keep=True)


def _item(name: str, said: str) -> str:
    return _wrapped(f"- {f'{printable(name)}: ' if name else ''}{printable(said)}", "  ")


def _wrapped(text: str, indent: str = "", *, keep: bool = False) -> str:
    text = text if keep else printable(text)
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=True)
