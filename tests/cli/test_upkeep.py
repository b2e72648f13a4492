"""verify, compact, export and --as-of from the command line."""

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

Run = Any


@pytest.fixture
def copy(lake: Path, tmp_path: Path) -> Path:
    """A lake that may be changed."""
    return Path(shutil.copytree(lake, tmp_path / "lake"))


def test_verify(run: Run, lake: Path) -> None:
    document = run("verify", "--lake", lake, "--json").document
    assert document["ok"]
    assert document["files"] > 4
    assert (document["damaged"], document["unreferenced"]) == ([], [])
    assert "all intact" in run("verify", "--lake", lake).out


def test_a_damaged_lake_is_exit_code_1(run: Run, copy: Path) -> None:
    file = min((copy / "prices").rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-1])
    said = run("verify", "--lake", copy, "--json")
    assert said.code == 1
    assert [row["path"] for row in said.document["damaged"]] == [file.relative_to(copy).as_posix()]
    assert f"damaged  prices/{file.name}: it has" in run("verify", "--lake", copy).out


def test_repair(run: Run, copy: Path) -> None:
    (copy / "prices" / "_delta_log" / f"{1:020d}.json").write_bytes(b"")
    assert run("status", "--lake", copy).code == 2
    assert "set aside  prices/_delta_log" in run("verify", "--repair", "--lake", copy).out
    assert run("status", "--lake", copy).code == 0


def test_compact(run: Run, copy: Path) -> None:
    before = run("status", "--lake", copy, "--json").document
    assert run("compact", "--lake", copy).code == 0
    after = run("status", "--lake", copy, "--json").document
    assert {**before, "version": 0} == {**after, "version": 0}
    assert run("compact", "--lake", copy, "--json").document["tables"][0]["table"] == "chains"


@pytest.mark.parametrize("output", ["parquet", "csv"])
def test_export(run: Run, lake: Path, tmp_path: Path, output: str) -> None:
    document = run(
        "export", tmp_path / "out", "--symbols", "syn001", "--format", output, "--lake", lake, "--json"
    ).document
    read = {"parquet": pl.read_parquet, "csv": pl.read_csv}[output]
    parts = [read(tmp_path / "out" / file, columns=["symbol"]) for file in document["files"]]  # type: ignore[operator]
    assert pl.concat(parts)["symbol"].to_list() == ["SYN001"] * document["rows"]
    said = run("export", tmp_path / "out", "--lake", lake)
    assert (said.code, "is not empty" in said.err) == (2, True)


def test_as_of(run: Run, lake: Path, tmp_path: Path) -> None:
    options = ("--lake", lake, "--as-of", "0", "--json")
    assert run("status", *options).document["version"] == {"chains": 0}
    assert run("metrics", "SYN000", "--select", "call_volume", *options).document
    assert run("verdict", "SYN000", *options).code == 0
    assert run("export", tmp_path / "out", *options).document["rows"] > 0
    said = run("status", "--lake", lake, "--as-of", "99")
    assert (said.code, "has no version 99: it has versions 0 to" in said.err) == (2, True)
    assert "was empty as of" in run("status", "--lake", lake, "--as-of", "2000-01-01").err


def test_the_run_says_the_versions_of_then(run: Run, lake: Path, tmp_path: Path, strategies: Path) -> None:
    options = ("--lake", lake, "--reports", tmp_path, "--json")
    now = run("evaluate", "flow_verdict", "--horizons", "1", *options).document
    then = run("evaluate", "flow_verdict", "--horizons", "1", "--as-of", "2999-01-01", *options).document
    assert now["run"] == then["run"]
    said = run("backtest", strategies / "bearish_verdict.py", "--as-of", "0", *options)
    assert (said.code, "no price bars" in said.err) == (2, True)


def test_metrics_in_a_csv_are_harmless(run: Run, lake: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text(
        "import polars as pl\nfrom flowbt import metric\n\n"
        "@metric(grain='snapshot', unit='1')\ndef formula() -> pl.Expr:\n    '''Text.'''\n"
        "    return pl.lit('=1+1')\n"
    )
    out = tmp_path / "m.csv"
    said = run("metrics", "SYN000", "--with", own, "--select", "formula,net_premium", "--lake", lake, "--out", out)
    assert said.code == 0, said.err
    assert set(pl.read_csv(out)["formula"]) == {"'=1+1"}
    assert pl.read_csv(out)["net_premium"].dtype == pl.Float64
