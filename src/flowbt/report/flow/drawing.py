"""What a process that draws pages runs: it loads little else, so that it is soon ready."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowbt.report.flow.page import Links, render_flow
from flowbt.report.kit.page import Sketch
from flowbt.report.kit.svg import to_svg


def get_ready() -> None:
    """Start what draws."""
    to_svg({"marks": []}, "", "")


def write_page(
    document: Mapping[str, Any], links: Links, path: Path, sketches: Mapping[str, Sketch] | None = None
) -> None:
    """Write a day's page; arguments as of `render_flow`."""
    path.write_text(render_flow(document, links, sketches) + "\n", "utf-8")
