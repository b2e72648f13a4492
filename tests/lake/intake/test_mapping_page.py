"""The examples of `docs/mapping-files.md`, run as they are printed there."""

import re
import shlex
from collections.abc import Callable
from contextlib import chdir
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import ingest_files
from flowbt.lake.vendors import ReadOptions
from flowbt.lake.vendors.mapping_file import OF_FORMAT, OF_LAYOUT

PAGE = (Path(__file__).parents[3] / "docs" / "mapping-files.md").read_text()
SECTIONS = {section.partition("\n")[0]: section for section in PAGE.split("\n## ")}


@pytest.fixture
def run(tmp_path: Path, lake: Lake) -> Callable[[str], FileOutcome]:
    """Write a section's files and run its command, which names the mapping, the file and options."""

    def example(title: str) -> FileOutcome:
        section = SECTIONS[title]
        (command,) = re.findall(r"^    flowbt ingest (.*)$", section, re.MULTILINE)
        mapping, name, *rest = shlex.split(command)
        data, toml = re.findall(r"```(?:csv|json|toml)\n(.*?)```", section, re.DOTALL)
        (tmp_path / name).write_text(data)
        (tmp_path / mapping).write_text(toml)
        said: Any = dict(
            zip([one.removeprefix("--") for one in rest[::2]], map(date.fromisoformat, rest[1::2]), strict=True)
        )
        with chdir(tmp_path):
            return ingest_files(lake, mapping, [name], options=ReadOptions(**said)).files[0]

    return example


def cells(stored: Callable[[], pl.DataFrame], *names: str) -> list[tuple[Any, ...]]:
    return stored().sort("strike", "option_type").select(names).rows()


def test_a_long_csv(run: Callable[[str], FileOutcome], stored: Callable[[], pl.DataFrame]) -> None:
    found = run("A CSV file, one row per option")
    assert (found.status, found.committed, found.quarantined) == ("committed", 2, 0)
    assert cells(stored, "date", "expiration", "volume", "open_interest", "iv") == [
        (date(2026, 1, 8), date(2026, 1, 16), 1200, 12450, 0.185),
        (date(2026, 1, 8), date(2026, 1, 16), 310, 2180, None),
    ]


def test_a_wide_csv(run: Callable[[str], FileOutcome], stored: Callable[[], pl.DataFrame]) -> None:
    found = run("A wide CSV file, a call and a put in each row")
    assert (found.status, found.committed, found.quarantined) == ("committed", 4, 0)
    assert cells(stored, "symbol", "strike", "option_type", "last", "open_interest", "multiplier") == [
        ("NIFTY", 24000, "call", 150.4, 254729, 75),
        ("NIFTY", 24000, "put", 120.5, 107265, 75),
        ("NIFTY", 25000, "call", 1, 310000, 75),
        ("NIFTY", 25000, "put", 1005, 2000, 75),
    ]


def test_json(run: Callable[[str], FileOutcome], stored: Callable[[], pl.DataFrame]) -> None:
    found = run("A JSON document")
    assert (found.status, found.committed, found.warnings) == ("committed", 2, {"NOT_A_NUMBER_DELTA": 1})
    assert cells(stored, "date", "underlying_price", "option_type", "open_interest", "delta") == [
        (date(2026, 1, 8), 256.4, "call", 12450, 0.55),
        (date(2026, 1, 8), 256.4, "put", 2180, None),
    ]


def test_the_page_lists_every_key() -> None:
    listed = set(re.findall(r"`\[?([a-z_]+)(?:\.option_type)?\]?`", SECTIONS["Everything a mapping may contain"]))
    assert {*OF_FORMAT, *OF_LAYOUT} <= listed
