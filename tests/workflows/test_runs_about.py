"""Which evaluations a flow report tells: those of the same question that saw nothing later than its day."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flowbt.lake import Lake
from flowbt.settings import flatten
from flowbt.signals import FlowVerdict
from flowbt.workflows.evaluate import evaluate_signal
from flowbt.workflows.runs import runs_about

DAY = date(2026, 4, 8)
SIGNAL = FlowVerdict()
Evaluated = Callable[..., Path]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def evaluated(tmp_path: Path, lake: Lake) -> Evaluated:
    """A run folder as an evaluation of the flow verdict leaves it, until the day itself."""

    def make(name: str = "evaluate-flow_verdict-1", where: str = "", **changes: Any) -> Path:
        folder = tmp_path / "reports" / name
        folder.mkdir(parents=True)
        summary = {
            "signal": "flow_verdict", "decision": "close", "parameters": flatten(SIGNAL), "symbols": ["AAA", "IWM"],
            "to": DAY.isoformat(), "prices_to": changes.get("to", DAY.isoformat()), "answer": "Within luck.\n\nMore of it.",
        }  # fmt: skip
        (folder / "summary.json").write_text(json.dumps(summary | changes), "utf-8")
        (folder / "manifest.json").write_text(json.dumps({"lake": where or lake.where}), "utf-8")
        return folder

    return make


@pytest.fixture
def told(tmp_path: Path, lake: Lake) -> Callable[..., list[dict[str, str]]]:
    def found(symbol: str = "IWM", decision: str = "close") -> list[dict[str, str]]:
        return runs_about(tmp_path / "reports", lake, symbol, DAY, decision, SIGNAL)

    return found


Told = Callable[..., list[dict[str, str]]]


def test_a_run_of_the_same_question_is_told_by_the_first_line_of_its_answer(evaluated: Evaluated, told: Told) -> None:
    evaluated()
    assert told() == [{"run": "evaluate-flow_verdict-1", "answer": "Within luck."}]


def test_the_newest_comes_first_by_what_it_saw(evaluated: Evaluated, told: Told) -> None:
    evaluated("evaluate-flow_verdict-1", to="2026-03-31")
    evaluated("evaluate-flow_verdict-0", to="2026-04-07")
    evaluated("evaluate-flow_verdict-2", to="2025-12-31")
    assert [run["run"][-1] for run in told()] == ["0", "1", "2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "2026-04-09"},
        {"prices_to": "2026-04-09"},
        {"prices_to": None},
        {"to": None},
        {"signal": "max_pain_gravity"},
        {"decision": "pre_open"},
        {"parameters": flatten(FlowVerdict(bearish=0.3))},
        {"parameters": None},
        {"symbols": ["SPY"]},
        {"symbols": None},
        {"symbols": "IWMX"},
        {"symbols": 5},
        {"answer": None},
        {"answer": ["x"]},
        {"where": "/another/lake"},
        {"name": "backtest-flow_verdict-1"},
    ],
)
def test_a_run_that_saw_later_days_or_answers_another_question_is_not_told(
    changes: dict[str, Any], evaluated: Evaluated, told: Told
) -> None:
    evaluated(**changes)
    assert told() == []


@pytest.mark.parametrize("file", ["summary.json", "manifest.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"5", b'"x"', b"{}", b"\xff\xfe\x00", None])
def test_a_damaged_run_is_passed_over(file: str, content: bytes | None, evaluated: Evaluated, told: Told) -> None:
    folder = evaluated()
    evaluated("evaluate-flow_verdict-2")
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    assert [run["run"] for run in told()] == ["evaluate-flow_verdict-2"]


def test_without_reports_there_is_nothing_to_tell(told: Told, evaluated: Evaluated) -> None:
    assert told() == []
    evaluated()
    assert told(symbol="SPY") == []
    assert told(decision="pre_open") == []


def test_an_evaluation_says_how_far_it_saw_prices_beyond_its_last_verdict(
    chain: Callable[..., Any], bars: Callable[..., Any], store: Callable[..., Lake], days: Any
) -> None:
    columns = {"call_volume": 5, "put_volume": 5, "call_last": 1.0, "put_last": 1.0, "call_open_interest": 5}
    rows = [
        chain({100: columns | {"put_open_interest": 5 + place % 7}}, day=days[place], expiration=days[60])
        for place in range(30)
    ]
    held = store(*rows, bars=bars([100.0 + place % 3 for place in range(40)]))
    found = evaluate_signal(held, SIGNAL, symbols=["AAA"], horizons=[1], last=days[29])
    assert (found.last, found.prices_to) == (days[29], days[39])
