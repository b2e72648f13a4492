"""Flow reports as files: one in any format, or a page a day with an index."""

import os
import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from flowbt.errors import FlowbtError, UnknownNameError
from flowbt.report.flow import flow_markdown, flow_text
from flowbt.report.flow.drawing import get_ready, write_page
from flowbt.report.flow.page import ALONE, Links, render_flow, render_index, summary
from flowbt.report.flow.pictures import pictures
from flowbt.workflows.runs import to_json

SUFFIXES: Final = {"text": "txt", "md": "md", "html": "html", "json": "json"}
INDEX: Final = "index.html"
WORKERS: Final = 2
AHEAD: Final = 8
"""Pages that wait to be drawn; more would only hold documents."""
FEW: Final = 6
"""Pages that are drawn here, where their number is known: to start processes for so few takes longer."""


def render_report(document: Mapping[str, Any], output: str, links: Links = ALONE) -> str:
    """The report as text, Markdown (`md`), HTML or JSON.

    Raises:
        UnknownNameError: no such format.
    """
    if output not in SUFFIXES:
        raise UnknownNameError("format", output, SUFFIXES, hint=f"there are {', '.join(SUFFIXES)}")
    if output == "html":
        return render_flow(document, links) + "\n"
    return {"text": flow_text, "md": flow_markdown}[output](document) if output != "json" else to_json(document) + "\n"


def write_reports(documents: Iterable[Mapping[str, Any]], folder: Path, output: str = "html") -> list[Path]:
    """Write a range of reports into a folder, a file a day, and for pages an index; returns the files.

    Pages link to the days before and after, which are those of the range. They are drawn beside each other, and no more than
    a few documents are held at a time.

    Args:
        documents: of one symbol, ascending, as `flow_reports` gives them.
        folder: made if it is not there; what it holds otherwise stays.
        output: `text`, `md`, `html` or `json`.

    Raises:
        UnknownNameError: no such format.
        FlowbtError: the folder cannot be written, or a process that draws pages ends.
    """
    if output not in SUFFIXES:
        raise UnknownNameError("format", output, SUFFIXES, hint=f"there are {', '.join(SUFFIXES)}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = _pages(documents, folder) if output == "html" else _plain(documents, folder, output)
    except BrokenProcessPool:
        raise FlowbtError(
            "a process that drew pages ended before it was done: there may be too little memory, or, in a script, what "
            "writes reports must stand under `if __name__ == '__main__':`"
        ) from None
    except OSError as error:
        raise FlowbtError(f"the reports cannot be written to '{folder}': {error.strerror or error}") from None
    return written


def _name(document: Mapping[str, Any], output: str) -> str:
    return f"{re.sub(r'[^A-Za-z0-9.^_-]', '_', document['symbol'])}-{document['date']}.{SUFFIXES[output]}"


def _plain(documents: Iterable[Mapping[str, Any]], folder: Path, output: str) -> list[Path]:
    written = []
    for document in documents:
        path = folder / _name(document, output)
        path.write_text(render_report(document, output), "utf-8")
        written.append(path)
    return written


def _pages(documents: Iterable[Mapping[str, Any]], folder: Path) -> list[Path]:
    summaries: list[dict[str, Any]] = []
    linked = _linked(documents, summaries)
    if (isinstance(documents, Sequence) and len(documents) <= FEW) or (os.cpu_count() or 1) < WORKERS:
        for document, links in linked:
            write_page(document, links, folder / _name(document, "html"))
    else:
        # they get ready while the first documents are made
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as workers:
            waiting = deque(workers.submit(get_ready) for _ in range(WORKERS))
            for document, links in linked:
                path = folder / _name(document, "html")
                waiting.append(workers.submit(write_page, document, links, path, pictures(document)))
                if len(waiting) > AHEAD:
                    waiting.popleft().result()
            for drawn in waiting:
                drawn.result()
    if not summaries:
        return []
    names = [_name(row, "html") for row in summaries]
    (folder / INDEX).write_text(render_index(summaries, names) + "\n", "utf-8")
    return [folder / INDEX, *(folder / name for name in names)]


def _linked(
    documents: Iterable[Mapping[str, Any]], summaries: list[dict[str, Any]]
) -> Iterable[tuple[Mapping[str, Any], Links]]:
    """Each document with the names of the pages around it; its summary is added to those given."""
    before, held = "", None
    for document in documents:
        summaries.append(summary(document))
        if held is not None:
            yield held, Links(before, _name(document, "html"), INDEX)
            before = _name(held, "html")
        held = document
    if held is not None:
        yield held, Links(before, "", INDEX)
