"""What every vendor format must survive, on every sample of it: other containers, cuts, garbage."""

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.contracts.conftest import samples
from tests.full import FULL, tries

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import ingest_files

Write = Callable[..., Path]


def zipped(data: bytes, name: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, data)
    return archive.getvalue()


COMPRESSED: dict[str, Callable[[bytes, str], bytes]] = {
    ".gz": lambda data, _: gzip.compress(data),
    ".bz2": lambda data, _: bz2.compress(data),
    ".xz": lambda data, _: lzma.compress(data),
    ".zst": lambda data, _: bytes(pa.compress(data, codec="zstd", asbytes=True)),
    ".zip": zipped,
}


def brought_in(sample: Any, path: Path, lake: Lake, **more: Any) -> FileOutcome:
    return ingest_files(lake, sample.vendor.name, [str(path)], options=sample.options, **more).files[0]


@pytest.mark.thorough
def test_compressed_files_give_the_same_rows(sample: Any, write: Write, all_samples: Sequence[Any]) -> None:
    """In an archive, in which its path is another, and as one of the others, which do not know what they compress."""
    rows = sample.read(write(sample))
    place = [str(other) for other in all_samples].index(str(sample))
    endings = COMPRESSED if FULL else (".zip", list(COMPRESSED)[place % 4])
    for ending in endings:
        compress = COMPRESSED[ending]
        path = write(sample, compress(sample.content, Path(sample.name).name), ending)
        if ending == ".zip":
            # what is in an archive lies where the archive does
            path = path.rename(path.with_name("archive.zip"))
        assert sample.read(path).equals(rows, null_equal=True), ending


def test_parquet_of_the_same_columns_gives_the_same_rows(sample: Any, write: Write) -> None:
    if not sample.is_table or sample.layout.preamble or sample.layout.footer:
        return  # no table, or one of which a part stands above the header or below the rows
    path = write(sample).with_suffix(".parquet")
    sample.frame().write_parquet(path)
    assert sample.read(path).equals(sample.read(write(sample)), null_equal=True)


@pytest.mark.thorough
def test_a_file_cut_at_any_byte_is_refused_or_accounted_for(sample: Any, write: Write, tmp_path: Path) -> None:
    """Nothing may end in another exception; what is kept must be rows of the whole file."""
    whole = sample.content
    complete = brought_in(sample, write(sample), Lake(tmp_path / "whole")).rows_in
    for cut in range(0, len(whole), max(len(whole) // tries(9, 37), 1)):
        lake = Lake(tmp_path / "lake")
        found = brought_in(sample, write(sample, whole[:cut]), lake, dry_run=True, max_quarantine=1)
        assert found.committed + found.quarantined + found.duplicates == found.rows_in <= complete
        assert (found.status == "rejected") == (found.reason is not None)


GARBAGE = (
    b"",
    b"\n",
    b"\0" * 100,
    b"\xff\xfe" + b"a\0,\0" * 50,
    b"PAR1" * 10,
    b"<html>,</html>\n",
    b"a,b\n1,2\n",
    b"[]",
    b"{}",
)


def kinds_of_files() -> Sequence[Any]:
    """A sample of each format and ending: of garbage, nothing but the file's name tells which layout it should have."""
    return list({(sample.vendor.name, Path(sample.name).suffix): sample for sample in samples()}.values())


@pytest.mark.parametrize("kind", kinds_of_files(), ids=str)
def test_garbage_is_refused(kind: Any, write: Write, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    for garbage in GARBAGE:
        found = brought_in(kind, write(kind, garbage), lake)
        assert found.status == "rejected", garbage
        assert str(found.reason).partition(":")[0].isupper(), garbage
        assert not lake.path.exists(), garbage
