"""The daily flow report: facts put into words, parts, pictures, and text, Markdown or a page."""

from flowbt.report.flow.markdown import flow_markdown
from flowbt.report.flow.sentences import with_words
from flowbt.report.flow.text import flow_brief, flow_text

__all__ = ["flow_brief", "flow_markdown", "flow_text", "with_words"]
