"""The daily flow report: facts put into sentences, and sections that text, Markdown and HTML render alike.

Each file holds the sentences, tables and figures of one part of `flowbt.flow.report.FlowReport`. `sentences.py` adds the
sentences that belong to the document, `page.py` arranges the sections, `index.py` lists the reports of a range.
"""

from flowbt.report.flow.page import flow_page
from flowbt.report.flow.sentences import with_sentences

__all__ = ["flow_page", "with_sentences"]
