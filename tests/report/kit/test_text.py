"""Golden reports: the text of fixed documents. `FLOWBT_UPDATE_GOLDEN=1 pytest tests/report` writes them anew."""

import os
from pathlib import Path
from typing import Any

import pytest

from flowbt.report import evaluation_text
from flowbt.report.kit.text import WIDTH

GOLDEN = Path(__file__).parents[2] / "golden"
Document = dict[str, Any]


@pytest.mark.parametrize("kind", ["evaluation", "whole", "series"])
def test_golden(kind: str, evaluation: Document, whole: Document, series: Document) -> None:
    evaluations = {"evaluation": evaluation, "whole": whole, "series": series}
    text = evaluation_text(evaluations[kind])
    golden = GOLDEN / f"report_{kind}.txt"
    if os.environ.get("FLOWBT_UPDATE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


def test_nothing_is_wider_than_the_terminal(whole: Document, series: Document) -> None:
    text = "".join(map(evaluation_text, (whole, series)))
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "…" not in text


def test_a_name_cannot_send_control_characters_to_the_terminal(evaluation: Document) -> None:
    evaluation["horizons"][0]["verdicts"] = {"\x1b[31mbearish\n": evaluation["horizons"][0]["verdicts"]["bearish"]}
    text = evaluation_text(evaluation | {"signal": "a\x1b]0;title\x07b", "symbols": ["\x1b[2J"], "answer": "x\x1by"})
    assert "\x1b" not in text
    assert "\x07" not in text


def test_an_evaluation_fits_two_screens(whole: Document) -> None:
    assert len(evaluation_text(whole).splitlines()) <= 60


def test_empty_documents() -> None:
    assert evaluation_text({}).startswith("There is no verdict with a price to follow it")
