"""Golden flow reports of fixed synthetic days, as text and JSON. `FLOWBT_UPDATE_GOLDEN=1 pytest tests/workflows` writes them anew."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flowbt.flow.report import FlowReport
from flowbt.lake import Lake
from flowbt.market import MarketConfig
from flowbt.report.flow import flow_page
from flowbt.report.kit.text import page_text
from flowbt.workflows.flow_report import flow_report
from flowbt.workflows.runs import to_json
from flowbt.workflows.simulate import simulate_market

GOLDEN = Path(__file__).parent.parent / "golden"
DIGITS = 6
"""Digits of a number that are compared: the last ones differ between processors."""
DAYS = {"early": date(2025, 10, 6), "middle": date(2025, 12, 1), "last": None}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("golden"))
    simulate_market(lake, MarketConfig(symbols=1, sessions=70, seed=3, contracts_per_snapshot=150))
    return lake


@pytest.fixture(scope="module", params=DAYS)
def report(request: pytest.FixtureRequest, lake: Lake) -> tuple[str, FlowReport]:
    return request.param, flow_report(lake, "SYN000", DAYS[request.param], follow=True)


def golden(name: str, said: str) -> str:
    """What the file holds; written first where that is asked for."""
    path = GOLDEN / name
    if os.environ.get("FLOWBT_UPDATE_GOLDEN"):
        path.write_text(said, "utf-8")
    return path.read_text("utf-8")


def test_text(report: tuple[str, FlowReport]) -> None:
    name, report_of_day = report
    text = page_text(flow_page(report_of_day))
    assert text == golden(f"flow_report_{name}.txt", text)


def test_json(report: tuple[str, FlowReport]) -> None:
    name, report_of_day = report
    said = json.dumps(rounded(json.loads(to_json(report_of_day.document()))), indent=1, ensure_ascii=False) + "\n"
    assert json.loads(said) == json.loads(golden(f"flow_report_{name}.json", said))


def rounded(value: Any) -> Any:
    """The document with its numbers cut to so many digits; what rounding may turn either way is 0."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if abs(value) > 1e-9 else 0.0
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, list) else value
