"""`flowbt verdict` as it is typed: formats, files, ranges, levels and contracts of one's own, and what became of a day."""

import json
import re
from pathlib import Path

import pytest
from tests.cli.conftest import Run

DAY = "2025-11-18"


def test_every_key_of_the_interface(run: Run, lake: Path) -> None:
    document = run("verdict", "SYN000", "--date", DAY, "--lake", lake, "--json").document
    assert {"symbol", "date", "spot", "spot_time", "verdict", "score", "reasons", "flow", "notable", "positioning", "max_pain",
            "max_pain_flat", "levels", "noise", "watch", "trade_ideas", "conclusions", "conventions", "newer_report"} <= document.keys()  # fmt: skip
    assert {"net_premium", "put_call_volume_ratio", "put_call_volume_percentile", "put_call_oi_ratio",
            "put_call_oi_percentile"} <= document["flow"].keys()  # fmt: skip
    assert {"contract", "expiration", "strike", "option_type", "dte", "premium", "volume", "open_interest", "oi_change",
            "read_through"} <= document["notable"][0].keys()  # fmt: skip
    held = document["positioning"]
    assert {"call_additions", "put_additions", "gex", "gex_status", "dex_net", "dex_gross", "consistency", "oi_clusters",
            "hedging"} <= held.keys()  # fmt: skip
    assert {"calls", "puts", "put_band"} <= held["oi_clusters"].keys()
    assert {"collar_share", "reading", "confidence"} <= held["hedging"].keys()
    assert {"expiration", "max_pain", "low", "high", "gap"} <= document["max_pain"][0].keys()
    assert {"call_wall", "put_wall", "zero_gamma", "contention_strike", "next_call_peak", "put_floors", "bollinger",
            "sma_30", "sma_200", "pivot"} <= document["levels"].keys()  # fmt: skip
    assert all({"what", "why"} <= row.keys() for row in document["noise"])
    assert all({"trigger", "known_at", "then"} <= row.keys() for row in document["watch"])
    assert all(
        {"idea", "instrument", "entry", "target", "stop", "horizon"} <= row.keys() for row in document["trade_ideas"]
    )


@pytest.mark.parametrize(
    ("output", "begins"), [("text", "SYN000 flow report"), ("md", "# SYN000 flow report"), ("html", "<!doctype html>")]
)
def test_format(output: str, begins: str, run: Run, lake: Path) -> None:
    said = run("verdict", "SYN000", "--date", DAY, "--format", output, "--lake", lake).out
    assert said.startswith(begins)
    assert said.endswith("\n")
    assert not said.endswith("\n\n")


def test_the_ending_of_a_file_says_its_format(run: Run, lake: Path, tmp_path: Path) -> None:
    for name in ("report.html", "report.md", "report.json", "report.txt"):
        assert run("verdict", "SYN000", "--lake", lake, "--out", tmp_path / name).code == 0
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert (tmp_path / "report.md").read_text("utf-8").startswith("# SYN000")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["symbol"] == "SYN000"
    assert (tmp_path / "report.txt").read_text("utf-8").startswith("SYN000 flow report")


def test_a_range_is_a_page_a_day_and_an_index(run: Run, lake: Path, tmp_path: Path) -> None:
    said = run("verdict", "SYN000", "--from", "2025-11-17", "--to", "2025-11-19", "--lake", lake, "--out", tmp_path)
    assert (said.code, said.out) == (0, "")
    days = ["2025-11-17", "2025-11-18", "2025-11-19"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*(f"SYN000-{day}.html" for day in days), "index.html"]
    middle = (tmp_path / "SYN000-2025-11-18.html").read_text("utf-8")
    assert re.findall(r'href="([^"#]+\.html)"', middle)[:3] == [
        "SYN000-2025-11-17.html",
        "index.html",
        "SYN000-2025-11-19.html",
    ]
    index = (tmp_path / "index.html").read_text("utf-8")
    assert re.findall(r'href="(SYN000[^"]+)"', index) == [f"SYN000-{day}.html" for day in reversed(days)]


def test_a_range_as_json_tells_its_files(run: Run, lake: Path, tmp_path: Path) -> None:
    said = run(
        "verdict", "SYN000", "--from", DAY, "--to", DAY, "--format", "md", "--json", "--lake", lake, "--out", tmp_path
    )
    assert said.document == {"symbol": "SYN000", "files": [str(tmp_path / f"SYN000-{DAY}.md")]}
    assert (tmp_path / f"SYN000-{DAY}.md").read_text("utf-8").startswith("# SYN000")


def test_a_level_and_a_contract_of_ones_own(run: Run, lake: Path) -> None:
    said = run(
        "verdict", "SYN000", "--date", DAY, "--level", "their support=9999", "--contract", "SYN00020200117C00100000",
        "--lake", lake, "--json",
    )  # fmt: skip
    found = next(row for row in said.document["levels"]["labelled"] if row["of"] == "given")
    assert (found["level"], found["price"], found["label"]) == ("their support", 9999, "resistance")
    assert any("SYN00020200117C00100000" in row["what"] for row in said.document["noise"])


def test_what_became_of_a_day(run: Run, lake: Path) -> None:
    document = run("verdict", "SYN000", "--date", DAY, "--follow-up", "--lake", lake, "--json").document
    assert len(document["follow_up"]["watch"]) == len(document["watch"])
    assert {row["result"] for row in document["follow_up"]["watch"]} <= {
        "came", "did not come", "unwind", "undecided",
    }  # fmt: skip
    said = run("verdict", "SYN000", "--date", DAY, "--follow-up", "--lake", lake).out
    assert "Follow-up\n---------" in said


def test_the_latest_day_has_no_follow_up_yet(run: Run, lake: Path) -> None:
    document = run("verdict", "SYN000", "--follow-up", "--lake", lake, "--json").document
    assert {row["result"] for row in document["follow_up"]["watch"]} == {"not known yet"}
    assert document["follow_up"]["path"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "2025-11-17"), "give --from and --to with --out DIR"),
        (("--date", DAY, "--to", "2025-11-17", "--out", "x"), "without --date"),
        (("--level", "250.34"), "'250.34' is not a valid level: write NAME=PRICE"),
        (("--level", "a=-3"), "'a=-3' is not a valid level"),
        (("--from", "2031-01-01", "--out", "x"), "no chain of SYN000 from 2031-01-01 to the end; there are 2025-"),
        (("--format", "htm"), "did you mean 'html'"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    arguments: tuple[str, ...], words: str, run: Run, lake: Path
) -> None:
    said = run("verdict", "SYN000", "--lake", lake, *arguments)
    assert said.code == 2
    assert words in said.err
    assert said.out == ""
