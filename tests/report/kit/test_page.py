import base64
import hashlib
import math
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import polars as pl
import pytest

from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation
from flowbt.report import render_backtest
from flowbt.report.evaluation.page import series_page, signal_page
from flowbt.report.kit.html import page_html
from flowbt.schema import TRADES

Document = dict[str, Any]
MakeTrades = Callable[[int], pl.DataFrame]
HOSTILE = """</title></style><script>alert(1)</script>"><img src=x onerror='alert(2)'>{{ 7 * 7 }}&amp;"""


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
def no_trades() -> pl.DataFrame:
    return pl.DataFrame(schema=TRADES)


@pytest.fixture
def pages(
    backtest: Document,
    signal: SignalEvaluation,
    series: SeriesEvaluation,
    equity: pl.DataFrame,
    make_trades: MakeTrades,
) -> list[str]:
    trades, events = make_trades(20), make_trades(25)
    made = page_html(signal_page(signal)), page_html(series_page(series))
    return [render_backtest(backtest, trades, events, equity), *made]


def test_a_page_loads_nothing_and_runs_nothing(pages: list[str]) -> None:
    for page in pages:
        assert not re.findall(r"https?://", page.replace("http://www.w3.org/2000/svg", ""))
        seen = Seen(page)
        assert not {tag for tag, _ in seen.elements} & {"script", "img", "iframe", "object", "form", "base"}
        for tag, attributes in seen.elements:
            assert not {name for name in attributes if name.startswith("on") or name in {"src", "style"}}
            assert tag == "link" or "href" not in attributes
        assert [attributes for tag, attributes in seen.elements if tag == "link"] == [{"rel": "icon", "href": "data:,"}]


def test_the_policy_allows_the_pages_own_style_and_nothing_else(pages: list[str]) -> None:
    for page in pages:
        style = page.split("<style>")[1].split("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = next(a["content"] for _, a in Seen(page).elements if a.get("http-equiv") == "Content-Security-Policy")
        assert policy == (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
        )


def test_hostile_strings_stay_text(backtest: Document, equity: pl.DataFrame, make_trades: MakeTrades) -> None:
    said = dict.fromkeys(("run", "strategy", "signal", "description", "report", "answer", "from", "to"), HOSTILE)
    names = {"symbols": [HOSTILE, HOSTILE], "parameters": {HOSTILE: HOSTILE}, "manifest": {"a": {HOSTILE: HOSTILE}}}
    trades = make_trades(5).with_columns(
        pl.lit(HOSTILE).alias(name) for name in ("symbol", "instrument", "side", "exit_reason")
    )
    counts = {"counts": {HOSTILE: 1}, "measures": {HOSTILE: 1.0}}
    page = render_backtest(backtest | said | names | counts, trades, trades, equity)
    seen = Seen(page)
    assert "49" not in seen.texts
    assert not {tag for tag, _ in seen.elements} & {"script", "img"}
    assert HOSTILE in seen.texts
    assert page.count("</style>") == 1


@pytest.mark.parametrize("missing", [None, math.nan])
def test_what_is_not_known_is_never_printed_as_nan_or_none(
    backtest: Document, equity: pl.DataFrame, make_trades: MakeTrades, missing: float | None
) -> None:
    unknown = {name: dict.fromkeys(backtest[name], missing) for name in ("measures", "events", "counts", "parameters")}
    trades = make_trades(3).with_columns(
        pl.lit(missing, pl.Float64).alias(name) for name in ("entry_price", "size", "fees", "pnl", "return")
    )
    line = equity.with_columns(pl.lit(missing, pl.Float64).alias(name) for name in ("buy_and_hold", "drawdown"))
    page = render_backtest(backtest | unknown | {"buy_and_hold": missing}, trades, trades, line)
    words = " ".join(Seen(page).texts)
    assert not re.search(r"\b(nan|NaN|None|null|inf)\b", words)
    assert "NaN" not in page


def test_a_backtest_without_trades_or_optional_keys(no_trades: pl.DataFrame) -> None:
    document = {"strategy": "S", "symbols": ["IWM"], "plans": 0, "trades": 0, "measures": {"total_return": 0.0}}
    line = pl.DataFrame(
        schema={"date": pl.Date, "equity": pl.Float64, "buy_and_hold": pl.Float64, "drawdown": pl.Float64}
    )
    page = render_backtest(document, no_trades, no_trades, line)
    assert "S never asked for a trade in IWM: there is nothing to measure." in page
    assert "<svg" not in page


def test_the_answer_comes_first_and_everything_is_there(
    backtest: Document, equity: pl.DataFrame, make_trades: MakeTrades
) -> None:
    page = render_backtest(backtest | {"answer": "The answer."}, make_trades(20), make_trades(20), equity)
    order = [
        "<h1>BearishVerdict",
        "The answer.",
        "Key measures",
        "<svg",
        "What became",
        ">Trades<",
        "How it was",
        "9f86d0",
    ]
    places = [page.index(part) for part in order]
    assert places == sorted(places)
    assert "<code>hold</code>" in page
    assert "signal.lookback" in page


def test_importing_the_package_loads_neither_altair_nor_jinja() -> None:
    heavy = "{'altair', 'jinja2', 'vl_convert', 'pandas', 'vectorbt'} & set(sys.modules)"
    code = f"import sys, flowbt.report; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
