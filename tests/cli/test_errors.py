"""What cannot be carried out: one sentence on stderr, exit code 2, nothing changed, no traceback."""

from pathlib import Path
from typing import Any

import pytest

Run = Any

MISSING_METRIC = '''
"""An idea."""
from dataclasses import dataclass
import polars as pl
from flowbt import Plan, Strategy

@dataclass(frozen=True)
class Idea(Strategy):
    """Short."""

    def plan(self) -> Plan:
        return Plan(when=pl.col("put_call_volum_ratio") > 1, side="short", exit_after=3)
'''


def sentence(said: Any) -> str:
    """The error: one line, exit code 2, nothing on stdout."""
    assert said.code == 2, said
    assert said.out == ""
    assert said.err.startswith("flowbt: ")
    assert said.err.count("\n") == 1
    return str(said.err)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("metrics", "SYN00"), "did you mean 'SYN00"),
        (("metrics", "SYN000", "--select", "gexx"), "did you mean 'gex'"),
        (("metrics", "SYN000", "--select", "gex(unti=x)"), "did you mean 'unit'"),
        (("metrics", "SYN000", "--param", "unti=x"), "did you mean 'unit'"),
        (("metrics", "SYN000", "--grain", "expiri"), "did you mean 'expiry'"),
        (("metrics", "SYN000", "--from", "2031-01-01"), "no snapshots for SYN000"),
        (("metrics", "SYN000", "--from", "yesterday"), "write YYYY-MM-DD"),
        (("verdict", "SYN000", "--date", "2031-01-01"), "no chain of SYN000 on 2031-01-01"),
        (("verdict", "SYN000", "--format", "pdf"), "unknown format 'pdf'"),
        (("evaluate", "flow_verdikt"), "did you mean 'flow_verdict'"),
        (("evaluate",), "evaluate a signal, as in `flowbt evaluate flow_verdict`, or --series FILE"),
        (("evaluate", "--series", "gone.csv"), "--series 'gone.csv' needs --column"),
        (("evaluate", "--series", "gone.csv", "--column", "x"), "there is no file 'gone.csv'"),
        (("evaluate", "flow_verdict", "--series", "gone.csv"), "evaluate a signal"),
        (("evaluate", "flow_verdict", "--horizons", "a"), "whole numbers"),
        *(
            ((*command, "--decision", "preopen"), "unknown decision 'preopen'; did you mean 'pre_open'")
            for command in (
                ("metrics", "SYN000"),
                ("verdict", "SYN000"),
                ("evaluate", "flow_verdict"),
                ("backtest", "nowhere.py"),
            )
        ),
        (("evaluate", "flow_verdict", "--horizons", "0"), "horizons"),
        (("evaluate", "flow_verdict", "--set", "bearsh=1"), "did you mean 'signal.bearish'|did you mean 'bearish'"),
        (("backtest", "nowhere.py"), "no strategy file 'nowhere.py'"),
        (("ingest", "riskalert-jsn", "."), "did you mean 'riskalert-json'"),
        (("ingest", "ohlcv", "nowhere/"), "no file or folder 'nowhere/'"),
        (("ingest",), "give a format and at least one path"),
        (("simulate", "--symbols", "0"), "symbols"),
        (("evaluate", "flow_verdict", "--set", "lookback=-5"), "min_history <= lookback"),
        (("evaluate", "flow_verdict", "--set", "bearish=nan"), "not a finite number"),
        (("evaluate", "flow_verdict", "--from", "2031-01-01"), "no snapshots"),
        (("metrics", "SYN000", "--param", "window=-3", "--select", "bollinger_mid"), "bollinger_mid"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_request_that_cannot_be_carried_out(run: Run, lake: Path, arguments: tuple[str, ...], words: str) -> None:
    said = sentence(run(*arguments, "--lake", lake))
    assert any(alternative in said for alternative in words.split("|")), said


@pytest.mark.parametrize("command", [("metrics", "IWM"), ("status",), ("verdict", "IWM"), ("evaluate", "flow_verdict")])
def test_an_empty_lake_is_told(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    assert "flowbt ingest" in sentence(run(*command, "--lake", tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_a_strategy_that_names_a_missing_metric_is_told_with_the_near_miss(
    run: Run, lake: Path, tmp_path: Path
) -> None:
    path = tmp_path / "idea.py"
    path.write_text(MISSING_METRIC)
    said = sentence(run("backtest", path, "--lake", lake, "--reports", tmp_path / "reports"))
    assert "did you mean 'put_call_volume_ratio'" in said
    assert not (tmp_path / "reports").exists()


def test_a_malformed_strategy_file_is_told_with_its_line(run: Run, lake: Path, tmp_path: Path) -> None:
    path = tmp_path / "idea.py"
    path.write_text("class Idea(:\n")
    assert "line 1" in sentence(run("backtest", path, "--lake", lake))


def test_simulating_into_a_lake_that_holds_data_changes_nothing(run: Run, lake: Path) -> None:
    before = sorted(lake.rglob("*"))
    assert "contains data already" in sentence(run("simulate", "--sessions", "5", "--lake", lake))
    assert sorted(lake.rglob("*")) == before


def test_a_lake_that_is_a_file_is_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    assert "is a file" in sentence(run("status", "--lake", path))


def test_a_damaged_lake_is_told(run: Run, tmp_path: Path) -> None:
    options = ("--symbols", "1", "--sessions", "3", "--contracts-per-snapshot", "40", "--lake", tmp_path)
    assert run("simulate", *options).code == 0
    for path in (tmp_path / "chains").rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:100])
    assert "cannot be read" in sentence(run("metrics", "SYN000", "--lake", tmp_path))


def test_a_rejected_file_is_exit_code_1_with_its_reason(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "X.csv"
    bad.write_text("date,open\n2026-01-05,1\n")
    said = run("ingest", "ohlcv", bad, "--lake", tmp_path / "lake", "--json")
    assert said.code == 1
    assert said.document["files"][0]["reason"].startswith("MISSING_COLUMN: close, high, low")
    assert said.document["totals"]["rejected"] == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("evaluate", "flow_verdict", "--column", "x"), "--column does not apply to a signal: it applies to --series"),
        (("evaluate", "--series", "f.csv", "--column", "x", "--symbols", "A"), "--symbols does not apply to --series"),
        (("evaluate", "--levels", "f.csv", "--entry", "close"), "--entry does not apply to --levels"),
    ],
)
def test_an_option_that_says_nothing_is_refused(run: Run, asked: tuple[str, ...], said: str) -> None:
    found = run(*asked)
    assert found.code == 2
    assert said in found.err
