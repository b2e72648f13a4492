"""The daily flow report: facts put into words, parts, pictures, and text, Markdown or a page."""

from flowbt.report.daily.markdown import flow_markdown
from flowbt.report.daily.text import flow_brief, flow_text
from flowbt.report.daily.words import with_words

__all__ = ["flow_brief", "flow_markdown", "flow_text", "with_words"]
