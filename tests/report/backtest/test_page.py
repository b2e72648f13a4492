"""The page and the text of a backtest, whole. `FLOWBT_UPDATE_GOLDEN=1 pytest tests/report` writes the golden text anew."""

import math
import os
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.evaluation.assessment import BacktestRun
from flowbt.metrics import FailedMetric
from flowbt.report.backtest import backtest_page, backtest_text, render_backtest
from flowbt.report.kit.markdown import page_markdown
from flowbt.report.kit.text import WIDTH
from flowbt.schema import EQUITY

MakeTrades = Callable[[int], pl.DataFrame]
GOLDEN = Path(__file__).parents[2] / "golden" / "report_backtest.txt"
HOSTILE = """</title></style><script>alert(1)</script>"><img src=x onerror='alert(2)'>{{ 7 * 7 }}&amp;"""
PROVENANCE = {"data_version": {"chains": 3}, "strategy_sha256": "9f86d0"}


class Seen(HTMLParser):
    """The elements and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] != "style":
            self.texts.append(data)


@pytest.fixture(scope="module")
def page(simulated: BacktestRun) -> str:
    return render_backtest(simulated, PROVENANCE)


def test_golden(backtest: BacktestRun) -> None:
    text = backtest_text(backtest)
    if os.environ.get("FLOWBT_UPDATE_GOLDEN"):
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


def test_nothing_is_wider_than_the_terminal(simulated: BacktestRun, backtest: BacktestRun) -> None:
    for run in (simulated, backtest):
        text = backtest_text(run)
        assert max(map(len, text.splitlines())) <= WIDTH
        assert "…" not in text


def test_a_page_loads_nothing_and_runs_nothing(page: str) -> None:
    assert not re.findall(r"https?://", page.replace("http://www.w3.org/2000/svg", ""))
    seen = Seen(page)
    assert not {tag for tag, _ in seen.elements} & {"script", "img", "iframe", "object", "form", "base"}
    for tag, attributes in seen.elements:
        assert not {name for name in attributes if name.startswith("on") or name in {"src", "style"}}
        assert tag == "link" or "href" not in attributes


def test_hostile_strings_stay_text(simulated: BacktestRun) -> None:
    named = ("symbol", "instrument", "side", "exit_reason")
    trades = simulated.trades.with_columns(pl.lit(HOSTILE).alias(name) for name in named)
    hostile = replace(
        simulated, run=HOSTILE, strategy=HOSTILE, description=HOSTILE, report=HOSTILE, answer=HOSTILE,
        symbols=(HOSTILE, HOSTILE), parameters={HOSTILE: HOSTILE}, trades=trades, events=trades,
        failed_metrics=(FailedMetric(HOSTILE, HOSTILE, 1),),
    )  # fmt: skip
    page = render_backtest(hostile, {"a": {HOSTILE: HOSTILE}})
    seen = Seen(page)
    assert "49" not in seen.texts
    assert not {tag for tag, _ in seen.elements} & {"script", "img"}
    assert HOSTILE in seen.texts
    assert page.count("</style>") == 1


def test_a_name_cannot_send_control_characters_to_the_terminal(simulated: BacktestRun) -> None:
    name = "a\x1b]0;title\x07b"
    text = backtest_text(replace(simulated, strategy=name, symbols=("\x1b[2J",), answer="x\x1by", report=name))
    assert "\x1b" not in text
    assert "\x07" not in text


@pytest.mark.parametrize("missing", [None, math.nan])
def test_what_is_not_known_is_never_printed_as_nan_or_none(
    backtest: BacktestRun, nothing_known: dict[str, Any], make_trades: MakeTrades, missing: float | None
) -> None:
    named = ("entry_price", "size", "fees", "pnl", "return")
    trades = make_trades(3).with_columns(pl.lit(missing, pl.Float64).alias(name) for name in named)
    line = backtest.equity.with_columns(
        pl.lit(missing, pl.Float64).alias(name) for name in ("buy_and_hold", "drawdown")
    )
    measures = replace(backtest.measures, **dict.fromkeys(vars(backtest.measures), missing))
    for run in (
        replace(backtest, **nothing_known, parameters={"hold": missing}),
        replace(backtest, trades=trades, events=trades, equity=line, measures=measures, buy_and_hold=missing),
    ):
        page = render_backtest(run)
        assert not re.search(r"\b(nan|NaN|None|null|inf)\b", " ".join(Seen(page).texts))
        assert "NaN" not in page
        assert not re.search(r"\b(nan|None)\b", backtest_text(run))


def test_a_backtest_without_trades(backtest: BacktestRun, nothing_known: dict[str, Any]) -> None:
    nothing = {"plans": 0, "trade_count": 0, "open_trades": 0, "equity": pl.DataFrame(schema=EQUITY)}
    page = render_backtest(replace(backtest, **nothing_known | nothing))
    assert "BearishVerdict did not ask for any trade in SYN000 and SYN001" in page
    assert "<svg" not in page


def test_the_answer_comes_first_and_everything_is_there(simulated: BacktestRun) -> None:
    page = render_backtest(replace(simulated, answer="The answer."), PROVENANCE)
    order = ["<h1>EveryThirdDay", "The answer.", "Key measures", "<svg", "Plans and fills", ">Trades<", "Events: every plan",
             "Costs and cash", "Parameters", "Method", "Provenance", "9f86d0"]  # fmt: skip
    places = [page.index(part) for part in order]
    assert places == sorted(places)
    assert "<code>hold</code>" in page or "hold" in page


def test_code_in_the_description_is_shown_as_code(backtest: BacktestRun) -> None:
    page = render_backtest(backtest)
    assert "<code>hold</code>" in page
    assert "signal.lookback" in page


def test_markdown_has_what_the_page_has(simulated: BacktestRun) -> None:
    text = page_markdown(backtest_page(simulated, PROVENANCE))
    for heading in ("# EveryThirdDay", "## Key measures", "## Plans and fills", "## Trades", "## Method"):
        assert f"{heading}\n" in text


def test_a_decision_before_the_open_is_stated(simulated: BacktestRun) -> None:
    early = backtest_text(replace(simulated, decision="pre_open"))
    assert "Decided before the next session's open" in early
    assert "Decided" not in backtest_text(simulated)
    assert "Decided after the session" in render_backtest(simulated)


def test_metrics_that_failed_are_listed(simulated: BacktestRun) -> None:
    failed = replace(simulated, failed_metrics=(FailedMetric("zero_gamma", "division by zero", 3),))
    for text in (backtest_text(failed), render_backtest(failed)):
        assert "division by zero (3 days)" in text
    assert "not computed" not in backtest_text(simulated)
