"""Full run on simulated data, offline: demo."""

from pathlib import Path
from typing import Annotated

import typer

from flowbt.cli.console import (
    DEFAULT_REPORTS,
    JsonOption,
    ReportsOption,
    emit,
    note,
)


def demo(
    lake: Annotated[Path, typer.Option("--lake", help="Folder of the demo lake.")] = Path("data/demo"),
    reports: ReportsOption = DEFAULT_REPORTS,
    as_json: JsonOption = False,
) -> None:
    """Run the whole workflow on a synthetic market, offline: flow report, evaluation and backtest."""
    from flowbt.report.backtest import backtest_text
    from flowbt.report.evaluation.page import evaluation_text
    from flowbt.report.flow import flow_page
    from flowbt.report.kit.text import page_text
    from flowbt.workflows.demo import run_demo

    demo = run_demo(lake, reports, note)

    def text() -> str:
        planted = demo.planted
        parts: list[str] = [
            page_text(flow_page(demo.verdict), brief=True),
            f"Report: {demo.page}\n",
            evaluation_text(demo.evaluation),
            backtest_text(demo.backtest),
            f"This market is synthetic. A drift of {planted.edge_bp:g} bp over {planted.edge_horizon} sessions was planted after "
            "extreme flow; the verdict\nsees the flow but not the drift, so it detects only part of it. Nothing here is about a "
            "real market.",
        ]
        return "\n\n".join(parts)

    emit(demo.document() if as_json else None, as_json, text)
