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
    from flowbt.report import backtest_text, evaluation_text
    from flowbt.report.flow import flow_brief
    from flowbt.workflows.demo import run_demo

    document = run_demo(lake, reports, note)

    def text() -> str:
        parts: list[str] = [
            flow_brief(document["verdict"]),
            f"Report: {document['verdict']['report']}\n",
            evaluation_text(document["evaluation"]),
            backtest_text(document["backtest"]),
            f"This market is synthetic. After extreme flow a drift of {document['planted']['edge_bp']:g} bp over "
            f"{document['planted']['edge_horizon']} sessions was planted; the verdict sees the flow and not the drift,\n"
            "so it finds less than all of it. Nothing here says anything about a real market.",
        ]
        return "\n\n".join(parts)

    emit(document, as_json, text)
