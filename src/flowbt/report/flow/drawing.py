"""Pages drawn in another process: a `Page` holds functions, which cannot be sent there, so the typed report and its chart specifications are."""

from collections.abc import Mapping
from pathlib import Path

from flowbt.flow.report import FlowReport
from flowbt.report.flow.page import flow_page
from flowbt.report.kit.html import Sketch, page_html
from flowbt.report.kit.section import Links
from flowbt.report.kit.svg import to_svg


def get_ready() -> None:
    """Start the renderer of charts."""
    to_svg({"marks": []}, "", "")


def write_page(report: FlowReport, links: Links, path: Path, sketches: Mapping[str, Sketch] | None = None) -> None:
    """Write a day's page.

    Args:
        report: of the day.
        links: to the pages around it.
        path: of the page.
        sketches: its figures, where they have been made already.
    """
    path.write_text(page_html(flow_page(report, links), sketches) + "\n", "utf-8")
