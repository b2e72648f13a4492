"""The documents that scripts rely on: keys, types, null for what is missing, nothing else on stdout."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.schema import TRADES

Run = Any


def test_simulate_writes_a_lake_and_the_same_seed_writes_the_same_rows(run: Run, tmp_path: Path) -> None:
    options = ("--symbols", "1", "--sessions", "5", "--seed", "9", "--contracts-per-snapshot", "60", "--json")
    first = run("simulate", *options, "--lake", tmp_path / "a").document
    assert first["symbols"] == ["SYN000"]
    again = run("simulate", *options, "--lake", tmp_path / "b").document
    assert first["contracts"] == again["contracts"]
    files = [sorted((tmp_path / name).rglob("*.parquet")) for name in "ab"]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]


def test_status(run: Run, lake: Path) -> None:
    document = run("status", "--lake", lake, "--json").document
    assert {"lake", "version", "chains", "prices", "quarantined"} <= document.keys()
    assert document["chains"][0].keys() >= {"symbol", "first", "last", "sessions", "missing_sessions", "contracts"}
    assert [row["sessions"] for row in document["chains"]] == [70, 70]


def test_metrics_rows_are_sorted_by_key_with_a_column_a_metric(run: Run, lake: Path) -> None:
    rows = run("metrics", "SYN001", "SYN000", "--select", "net_premium,sma_200", "--lake", lake, "--json").document
    assert [list(row) for row in rows[:1]] == [["symbol", "date", "net_premium", "sma_200"]]
    assert [(row["symbol"], row["date"]) for row in rows] == sorted((row["symbol"], row["date"]) for row in rows)
    assert len(rows) == 140


def test_metrics_at_every_grain(run: Run, lake: Path) -> None:
    first = run("status", "--lake", lake, "--json").document["chains"][0]["first"]
    for grain in ("snapshot", "history", "expiry", "level", "strike", "contract"):
        rows = run("metrics", "SYN000", "--grain", grain, "--to", first, "--lake", lake, "--json").document
        assert rows, grain
        assert {"symbol", "date"} <= rows[0].keys(), grain


def test_metrics_can_be_written_to_a_file(run: Run, lake: Path, tmp_path: Path) -> None:
    for ending in ("parquet", "csv", "json"):
        out = tmp_path / f"m.{ending}"
        assert run("metrics", "SYN000", "--select", "gex", "--lake", lake, "--out", out).code == 0
        read = {"parquet": pl.read_parquet, "csv": pl.read_csv, "json": pl.read_json}[ending]
        assert read(out).height == 70  # type: ignore[operator]


def test_the_catalogue_comes_from_the_docstrings(run: Run) -> None:
    listed = {row["name"]: row for row in run("metrics", "--list", "--json").document}
    assert listed["net_premium"]["unit"] == "USD"
    assert listed["net_premium"]["description"].startswith("Call premium traded minus put premium traded")
    assert listed["gex"]["parameters"] == {"unit": "usd_1pct", "position": "naive"}


def test_a_parameter_reaches_every_metric_that_has_it(run: Run, lake: Path) -> None:
    base = ("metrics", "SYN000", "--select", "gex", "--lake", lake, "--json")
    percent, point = run(*base).document[-1]["gex"], run(*base, "--param", "unit=usd_1pt").document[-1]["gex"]
    spot = run("metrics", "SYN000", "--select", "spot", "--lake", lake, "--json").document[-1]["spot"]
    assert point == pytest.approx(percent / spot * 100)


def test_verdict(run: Run, lake: Path) -> None:
    document = run("verdict", "SYN000", "--lake", lake, "--json").document
    assert {"symbol", "date", "spot", "verdict", "score", "reasons", "flow", "positioning", "max_pain", "levels",
            "conventions", "newer_report"} <= document.keys()  # fmt: skip
    assert document["verdict"] in {"bearish", "neutral", "bullish"}
    assert document["newer_report"] is None


def test_an_early_day_has_no_verdict_and_says_why(run: Run, lake: Path) -> None:
    first = run("status", "--lake", lake, "--json").document["chains"][0]["first"]
    document = run("verdict", "SYN000", "--date", first, "--lake", lake, "--format", "json").document
    assert (document["verdict"], document["score"]) == (None, None)
    assert "too little history" in document["reasons"][0]
    assert document["newer_report"] is not None


def test_verdict_as_text_names_the_numbers(run: Run, lake: Path) -> None:
    said = run("verdict", "SYN000", "--lake", lake).out
    for words in ("BULLISH (score", "Reasons", "P/C volume ratio", "GEX", "call wall", "Max pain"):
        assert words in said


@pytest.fixture(scope="module")
def evaluated(run: Run, lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    reports = tmp_path_factory.mktemp("reports")
    return run("evaluate", "flow_verdict", "--horizons", "1,3", "--lake", lake, "--reports", reports, "--json").document


def test_evaluate(evaluated: Any) -> None:
    assert [row["horizon"] for row in evaluated["horizons"]] == [1, 3]
    cell = evaluated["horizons"][0]["verdicts"]["bearish"]
    assert {"n", "effective_n", "hit_rate", "base_rate", "lift", "lift_ci", "mean_return", "p_value"} <= cell.keys()
    assert evaluated["answer"]
    assert Path(evaluated["report"]).is_file()


def test_evaluate_tells_every_section(evaluated: Any) -> None:
    found = evaluated
    assert {"coverage", "family", "decay", "path", "delay", "calendar_time", "stability", "volatility", "rolling",
            "calibration", "thresholds", "incremental"} <= found.keys()  # fmt: skip
    assert {"information_coefficient", "ic_p_value", "placebo_p_value", "direction", "three_classes"} <= found[
        "horizons"
    ][0].keys()
    assert found["coverage"]["abstentions"] + found["coverage"]["symbol_days"] > 0
    assert {"mean_daily", "t", "p_value", "sharpe"} <= found["calendar_time"].keys()
    assert "iv_30d" in found["incremental"][0]["controls"]


def test_evaluate_a_series_of_ones_own(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mood.csv"
    rows = [
        f"2026-{month:02d}-{day:02d},{(month * day) % 7},{100 + (day % 3)}"
        for month in range(1, 5)
        for day in range(1, 28)
    ]
    path.write_text("\n".join(["when,mood,level", *rows]) + "\n")
    ask = ("evaluate", "--series", path, "--column", "mood", "--date-column", "when", "--price-column", "level")
    found = run(*ask, "--buckets", "3", "--entry", "close", "--reports", tmp_path, "--json").document
    assert (found["series"], found["column"], found["entry"]) == ("mood.csv", "mood", "close")
    assert [row["bucket"] for row in found["buckets"]] == [1, 2, 3]
    assert {"n", "mean_value", "mean_return", "mean_abs_return", "up_rate"} <= found["buckets"][0].keys()
    assert Path(found["report"]).is_file()
    assert "mood" in run(*ask, "--reports", tmp_path).out
    in_mumbai = run(*ask, "--exchange", "xnse", "--reports", tmp_path, "--json").document
    assert (found["calendar"]["exchange"], in_mumbai["calendar"]["exchange"]) == (None, "XNSE")
    assert in_mumbai["sessions"] < found["sessions"]
    assert run("evaluate", "flow_verdict", "--exchange", "XNSE").code == 2


def test_evaluate_with_other_thresholds(run: Run, lake: Path, tmp_path: Path) -> None:
    base = ("evaluate", "flow_verdict", "--horizons", "1", "--lake", lake, "--reports", tmp_path, "--json")
    strict = run(*base, "--set", "bearish=0.9").document["horizons"][0]["verdicts"]["bearish"]["n"]
    loose = run(*base, "--set", "bearish=0.05").document["horizons"][0]["verdicts"]["bearish"]["n"]
    assert strict < loose


@pytest.mark.parametrize("name", ["bearish_verdict", "max_pain_gravity", "call_breakout"])
def test_backtest_leaves_a_whole_run(run: Run, lake: Path, strategies: Path, tmp_path: Path, name: str) -> None:
    document = run("backtest", strategies / f"{name}.py", "--lake", lake, "--reports", tmp_path, "--json").document
    assert {"total_return", "annual_return", "sharpe", "max_drawdown", "hit_rate", "profit_factor", "mean_trade",
            "exposure", "turnover", "break_even_cost"} <= document["measures"].keys()  # fmt: skip
    folder = tmp_path / document["run"]
    assert {path.name for path in folder.iterdir()} >= {
        "report.html", "summary.json", "manifest.json", "trades.parquet", "equity.parquet"
    }  # fmt: skip
    trades = pl.read_parquet(folder / "trades.parquet")
    assert list(trades.columns) == list(TRADES)
    assert trades.height == document["trades"]


def test_the_same_question_writes_to_the_same_run(run: Run, lake: Path, strategies: Path, tmp_path: Path) -> None:
    ask = ("backtest", strategies / "bearish_verdict.py", "--lake", lake, "--reports", tmp_path, "--json")
    once, again, other = run(*ask).document, run(*ask).document, run(*ask, "--set", "hold=5").document
    assert once == again
    assert other["run"] != once["run"]


def test_costs_are_an_option(run: Run, lake: Path, strategies: Path, tmp_path: Path) -> None:
    ask = ("backtest", strategies / "bearish_verdict.py", "--lake", lake, "--reports", tmp_path, "--json")
    free = run(*ask, "--costs", "fees_bp=0,slippage_bp=0").document["measures"]["total_return"]
    dear = run(*ask, "--costs", "fees_bp=10,slippage_bp=10").document["measures"]["total_return"]
    assert dear < free


def test_metrics_at_both_decisions(run: Run, lake: Path) -> None:
    ask = ("metrics", "SYN000", "--select", "call_volume,call_open_interest", "--lake", lake, "--json")
    close, before_the_open = run(*ask).document, run(*ask, "--decision", "pre_open").document
    assert [row["call_volume"] for row in close] == [row["call_volume"] for row in before_the_open]
    assert before_the_open[-1]["call_open_interest"] is None
    assert None not in [row["call_open_interest"] for row in before_the_open[:-1]]


def test_the_verdict_of_the_last_day_before_the_open_says_why_there_is_none(run: Run, lake: Path) -> None:
    document = run("verdict", "SYN000", "--lake", lake, "--decision", "pre_open", "--json").document
    assert (document["decision"], document["verdict"]) == ("pre_open", None)
    assert "is not known: it is published before the open of" in document["reasons"][0]


def test_an_evaluation_says_when_it_was_decided(run: Run, lake: Path, tmp_path: Path) -> None:
    ask = ("evaluate", "flow_verdict", "--horizons", "1", "--lake", lake, "--reports", tmp_path)
    close, other = run(*ask, "--json").document, run(*ask, "--decision", "pre_open", "--json").document
    assert (close["decision"], other["decision"]) == ("close", "pre_open")
    assert close["run"] != other["run"]
    folder = tmp_path / other["run"]
    assert json.loads((folder / "manifest.json").read_text())["decision"] == "pre_open"
    words = "Decided before the next session&#39;s open, with the open interest of the session&#39;s own close"
    assert words in (folder / "report.html").read_text()
    assert "Decided before the next session's open" in run(*ask, "--decision", "pre_open").out


def test_a_backtest_says_when_it_was_decided(run: Run, lake: Path, strategies: Path, tmp_path: Path) -> None:
    ask = ("backtest", strategies / "bearish_verdict.py", "--lake", lake, "--reports", tmp_path)
    close, other = run(*ask, "--json").document, run(*ask, "--decision", "pre_open", "--json").document
    assert (close["decision"], other["decision"]) == ("close", "pre_open")
    folder = tmp_path / other["run"]
    assert json.loads((folder / "manifest.json").read_text())["decision"] == "pre_open"
    html = (folder / "report.html").read_text()
    assert "published that morning. Traded at the next session&#39;s open or later." in html
    assert "Decided before the next session's open" in run(*ask, "--decision", "pre_open").out


def test_partial_days_can_be_asked_for(run: Run, lake: Path, strategies: Path, tmp_path: Path) -> None:
    for asked in (("metrics", "SYN000", "--select", "spot"), ("verdict", "SYN000")):
        assert run(*asked, "--lake", lake, "--include-partial").code == 0
    evaluated = run(
        "evaluate", "flow_verdict", "--horizons", "1", "--lake", lake, "--reports", tmp_path, "--include-partial"
    )
    strategy = strategies / "bearish_verdict.py"
    traded = run("backtest", strategy, "--lake", lake, "--reports", tmp_path, "--include-partial")
    assert (evaluated.code, traded.code) == (0, 0)
