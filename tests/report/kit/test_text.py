"""Golden reports: the text of fixed documents. `FLOWBT_UPDATE_GOLDEN=1 pytest tests/report` writes them anew."""

import os
from pathlib import Path
from typing import Any

import pytest

from flowbt.report import backtest_text
from flowbt.report.kit.glossary import COUNTS, EVENTS, MEASURES
from flowbt.report.kit.text import WIDTH

GOLDEN = Path(__file__).parents[2] / "golden"
Document = dict[str, Any]


def test_golden(backtest: Document) -> None:
    text = backtest_text(backtest)
    golden = GOLDEN / "report_backtest.txt"
    if os.environ.get("FLOWBT_UPDATE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


def test_nothing_is_wider_than_the_terminal(backtest: Document) -> None:
    every = {"measures": dict.fromkeys(MEASURES, 1.0), "events": dict.fromkeys(EVENTS, 1.0)}
    text = backtest_text(backtest | every | {"counts": dict.fromkeys(COUNTS, 1)})
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "…" not in text


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_nothing_is_printed_as_nan_or_none(backtest: Document, missing: float | None) -> None:
    text = backtest_text(
        backtest | {name: dict.fromkeys(backtest[name], missing) for name in ("measures", "events", "counts")}
    )
    assert "nan" not in text
    assert "None" not in text


def test_empty_documents() -> None:
    assert backtest_text({}) == "The strategy never asked for a trade: there is nothing to measure.\n"
