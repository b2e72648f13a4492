"""Archives that hold a file for each contract."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from flowbt.lake.intake.batch import FileOutcome


def test_an_archive_of_thousands_of_files_says_what_it_is(tmp_path: Path, outcome: Callable[..., FileOutcome]) -> None:
    path = tmp_path / "aaa_openinterest_american.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for strike in range(1001):
            archive.writestr(f"aaa_openinterest_american_call_{strike}_20260116.csv", "20260108 00:00,50\n")
    assert str(outcome(str(path), format_name="lean").reason).startswith(
        "TOO_MANY_MEMBERS: a zip archive of 1,001 files"
    )
