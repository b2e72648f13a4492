"""Flow reports as files: one in any format, or a page a day with an index."""

import os
import re
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from flowbt.errors import FlowbtError, UnknownNameError
from flowbt.flow.report import FlowReport
from flowbt.report.flow import flow_page
from flowbt.report.flow.drawing import get_ready, write_page
from flowbt.report.flow.index import DaySummary, index_page, summary_of
from flowbt.report.flow.page import ALONE
from flowbt.report.kit.html import page_html, sketches_of
from flowbt.report.kit.markdown import page_markdown
from flowbt.report.kit.section import Links
from flowbt.report.kit.text import page_text
from flowbt.workflows.runs import to_json

SUFFIXES: Final = {"text": "txt", "md": "md", "html": "html", "json": "json"}
INDEX: Final = "index.html"
WORKERS: Final = 2
AHEAD: Final = 8
"""Pages that wait to be drawn; more would only keep reports in memory."""
FEW: Final = 6
"""Up to this many pages, where their number is known, are drawn in this process: starting others would take longer."""


def render_report(report: FlowReport, output: str, links: Links = ALONE) -> str:
    """The report as text, Markdown (`md`), HTML or JSON.

    Raises:
        UnknownNameError: no such format.
    """
    _require_format(output)
    if output == "json":
        return to_json(report.document()) + "\n"
    page = flow_page(report, links)
    if output == "html":
        return page_html(page) + "\n"
    return page_text(page) if output == "text" else page_markdown(page)


def write_reports(reports: Iterable[FlowReport], folder: Path, output: str = "html") -> list[Path]:
    """Write a range of reports into a folder, a file a day, and for pages an index; returns the files, the index first.

    Pages link to the days before and after in the range. They are drawn in several processes, and no more than a few reports
    are in memory at a time.

    Args:
        reports: of one symbol, ascending, as `flow_reports` yields them.
        folder: created if it does not exist; other files in it stay.
        output: `text`, `md`, `html` or `json`.

    Raises:
        UnknownNameError: no such format.
        FlowbtError: the folder cannot be written, or a process that draws pages ends.
    """
    _require_format(output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _pages(reports, folder) if output == "html" else _plain(reports, folder, output)
    except BrokenProcessPool:
        raise FlowbtError(
            "a process that draws pages ended early: there may be too little memory, or, in a script, the call that "
            "writes reports must be under `if __name__ == '__main__':`"
        ) from None
    except OSError as error:
        raise FlowbtError(f"the reports cannot be written to '{folder}': {error.strerror or error}") from None


def _require_format(output: str) -> None:
    if output not in SUFFIXES:
        raise UnknownNameError("format", output, SUFFIXES, hint=f"there are {', '.join(SUFFIXES)}")


def _name(report: FlowReport, output: str) -> str:
    return f"{re.sub(r'[^A-Za-z0-9.^_-]', '_', report.symbol)}-{report.date}.{SUFFIXES[output]}"


def _plain(reports: Iterable[FlowReport], folder: Path, output: str) -> list[Path]:
    written = []
    for report in reports:
        path = folder / _name(report, output)
        path.write_text(render_report(report, output), "utf-8")
        written.append(path)
    return written


def _pages(reports: Iterable[FlowReport], folder: Path) -> list[Path]:
    summaries: list[DaySummary] = []
    linked = _linked(reports, summaries)
    if (isinstance(reports, Sequence) and len(reports) <= FEW) or (os.cpu_count() or 1) < WORKERS:
        for report, links in linked:
            write_page(report, links, folder / _name(report, "html"))
    else:
        _draw_in_processes(linked, folder)
    if not summaries:
        return []
    (folder / INDEX).write_text(page_html(index_page(summaries)) + "\n", "utf-8")
    return [folder / INDEX, *(folder / row.page for row in summaries)]


def _draw_in_processes(linked: Iterable[tuple[FlowReport, Links]], folder: Path) -> None:
    # they get ready while the first reports are made
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as workers:
        waiting = deque(workers.submit(get_ready) for _ in range(WORKERS))
        for report, links in linked:
            path = folder / _name(report, "html")
            waiting.append(workers.submit(write_page, report, links, path, sketches_of(flow_page(report))))
            if len(waiting) > AHEAD:
                waiting.popleft().result()
        for drawn in waiting:
            drawn.result()


def _linked(reports: Iterable[FlowReport], summaries: list[DaySummary]) -> Iterable[tuple[FlowReport, Links]]:
    """Each report with the names of the pages around it; its summary is added to the given ones."""
    before, current = "", None
    for report in reports:
        summaries.append(summary_of(report, _name(report, "html")))
        if current is not None:
            yield current, Links(before, _name(report, "html"), INDEX)
            before = _name(current, "html")
        current = report
    if current is not None:
        yield current, Links(before, "", INDEX)
