"""`flowbt metrics` with scopes, metrics of the user's own, rows picked out, and metrics kept in the lake."""

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

MINE = '''import polars as pl
from flowbt import metric

@metric(grain="snapshot", unit="1")
def front_share() -> pl.Expr:
    """Share of the volume that expires within a week."""
    return pl.col("call_volume[dte<=7]") / pl.col("call_volume()")
'''


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "my_metrics.py"
    path.write_text(MINE)
    return path


def test_a_scope_narrows_a_metric_down(run: Any, lake: Path) -> None:
    select = "put_call_volume_ratio[dte<=7],net_premium[otm,dte>7],net_premium_otm"
    rows = run("metrics", "SYN000", "--select", select, "--lake", lake, "--json").document
    assert list(rows[0])[2:] == ["put_call_volume_ratio[dte<=7]", "net_premium[otm,dte>7]", "net_premium_otm"]
    assert any(row["put_call_volume_ratio[dte<=7]"] for row in rows)


def test_a_metric_of_ones_own(run: Any, lake: Path, mine: Path) -> None:
    select = "front_share,call_volume,call_volume[dte<=7]"
    rows = run("metrics", "SYN000", "--with", mine, "--select", select, "--lake", lake, "--json").document
    assert len(rows) == 70
    for row in rows:
        if row["call_volume[dte<=7]"] is not None:
            assert row["front_share"] == row["call_volume[dte<=7]"] / row["call_volume"]


def test_a_metric_of_ones_own_is_in_the_catalogue(run: Any, mine: Path) -> None:
    listed = {row["name"]: row for row in run("metrics", "--with", mine, "--list", "--json").document}
    assert listed["front_share"]["description"] == "Share of the volume that expires within a week."
    assert "gex" in listed


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\n", "defines no metric: add @flowbt.metric"),
        ("def f(:\n", "line 1: "),
        ("1 / 0\n", "line 1: ZeroDivisionError"),
        (MINE.replace("front_share", "gex"), "metric 'gex' already exists"),
    ],
)
def test_a_file_that_cannot_be_used(source: str, said: str, run: Any, lake: Path, tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(source)
    refused = run("metrics", "--with", path, "--lake", lake)
    assert refused.code == 2
    assert said in refused.err


def test_a_file_that_is_not_there(run: Any, lake: Path, tmp_path: Path) -> None:
    refused = run("metrics", "--with", tmp_path / "none.py", "--lake", lake)
    assert (refused.code, "no metrics file" in refused.err) == (2, True)


def test_contracts_of_which_a_metric_says_yes(run: Any, lake: Path) -> None:
    base = ("metrics", "SYN000", "--grain", "contract", "--lake", lake, "--json", "--select", "volume_oi_ratio")
    unusual = "unusual(min_volume=10, min_open_interest=1)"
    everything = run(*base, "--select", f"volume_oi_ratio,{unusual}").document
    kept = run(*base, "--where", unusual).document
    assert [row["strike"] for row in kept] == [row["strike"] for row in everything if row[unusual]]
    assert set(kept[0]) == {"symbol", "date", "root", "expiration", "strike", "option_type", "volume_oi_ratio"}


def test_a_metric_that_says_neither_yes_nor_no(run: Any, lake: Path) -> None:
    refused = run("metrics", "SYN000", "--grain", "contract", "--where", "premium", "--lake", lake)
    assert refused.code == 2
    assert "'premium' does not say yes or no of a row" in refused.err


def test_metrics_kept_in_the_lake(run: Any, lake: Path, tmp_path: Path) -> None:
    own = tmp_path / "lake"
    shutil.copytree(lake, own)
    base = ("metrics", "SYN000", "--select", "gex,sma_30,zero_gamma_status", "--lake", own, "--json")
    first, again = run(*base, "--store"), run(*base, "--store")
    assert "210 values computed and stored, 0 up to date" in first.err
    assert "0 values computed and stored, 210 up to date" in again.err
    assert first.document == again.document == run(*base).document


def test_only_metrics_at_snapshot_grain_are_kept(run: Any, lake: Path) -> None:
    refused = run("metrics", "SYN000", "--grain", "expiry", "--store", "--lake", lake)
    assert refused.code == 2
    assert "metrics at expiry grain are not stored" in refused.err


def test_a_list_is_json_in_a_csv(run: Any, lake: Path, tmp_path: Path) -> None:
    out = tmp_path / "profile.csv"
    assert run("metrics", "SYN000", "--select", "gex_profile", "--lake", lake, "--out", out).code == 0
    first = pl.read_csv(out)["gex_profile"].drop_nulls()[0]
    assert first.startswith("[")
    assert len(pl.Series([first]).str.json_decode(pl.List(pl.Float64))[0]) > 80
