"""Every bad file becomes what it must: refused with its code, set aside row by row, kept and flagged, or mended."""

from pathlib import Path

import pytest
from tests.faults.corpus import BadFile, corpus

from flowbt.lake import Lake
from flowbt.lake.intake.ingest import ingest_files
from flowbt.lake.vendors import ReadOptions

BAD_FILES = corpus()


def test_there_are_many_and_each_has_its_name() -> None:
    assert len(BAD_FILES) >= 120
    assert len({bad.label for bad in BAD_FILES}) == len(BAD_FILES)


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.label)
def test_it_becomes_what_it_must(bad: BadFile, tmp_path: Path) -> None:
    path = tmp_path / "vendor" / bad.name
    path.parent.mkdir(parents=True)
    path.write_bytes(bad.content() if callable(bad.content) else bad.content)
    lake = Lake(tmp_path / "lake")
    options = dict(bad.options)
    most = options.pop("max_quarantine", 1.0)
    (found,) = ingest_files(lake, bad.format, [str(path)], options=ReadOptions(**options), max_quarantine=most).files
    if bad.outcome == "R":
        assert (found.status, str(found.reason).partition(":")[0]) in {("rejected", code) for code in bad.codes}
        assert lake.versions() == {}
        return
    # a file all of whose rows are in quarantine changes nothing
    assert found.status == ("committed" if found.committed else "unchanged"), found.reason
    assert found.committed == bad.kept
    assert found.rows_in == found.committed + found.quarantined + found.duplicates
    rows = lake.quarantined_rows()
    if bad.outcome == "Q":
        assert set(rows["reasons"]) == set(bad.codes)
        assert found.quarantined == rows.height > 0
    else:
        assert rows.height == 0
        assert set(found.warnings) == set(bad.codes)
