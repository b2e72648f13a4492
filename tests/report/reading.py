"""What a reader sees of a page, format by format, as one line of text."""

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from flowbt.report.kit.section import Page

PARSER = MarkdownIt("commonmark").enable("table")


class Seen(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if not self.elements or self.elements[-1][0] != "style":
            self.texts.append(data)

    def tags(self) -> set[str]:
        """The names of the elements."""
        return {tag for tag, _ in self.elements}


def on_one_line(text: str) -> str:
    """The text with each run of white space as one blank."""
    return " ".join(text.split())


def seen_text(page: str) -> str:
    """The words of a page."""
    return on_one_line("".join(Seen(page).texts))


def markdown_text(markdown: str) -> str:
    """The words of Markdown as a reader of CommonMark with tables shows them."""
    return seen_text(PARSER.render(markdown))


def tokens(markdown: str) -> list[Token]:
    """What a parser finds in Markdown, those within lines too."""
    return [inner for token in PARSER.parse(markdown) for inner in [token, *(token.children or [])]]


def texts_of(page: Page) -> list[str]:
    """All texts of a page: headings, sentences, names with their values, cells; spaces as they are on a line."""
    found = [page.title, *page.facts, *page.answer]
    for section in page.shown():
        found += [section.title, *section.sentences]
        for name, text in [*section.facts, *section.items]:
            found += [name, text]
        for table in section.shown():
            found += [column.heading for column in table.columns]
            found += [cell for row in table.rows for cell in row]
    return [on_one_line(text) for text in found if text]


def unquoted(text: str) -> str:
    """The text without the backticks of its commands."""
    return re.sub("`", "", text)
