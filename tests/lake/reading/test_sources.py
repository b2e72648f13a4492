"""Archives: their members are files, and no name in them leads anywhere."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import IngestOutcome
from flowbt.lake.reading import Source, opened, sources

ROWS = "symbol,date,expiration,strike,option_type,last\nAAA,{day},2026-01-16,100,call,1.5\n"


@pytest.fixture
def archive(tmp_path: Path) -> Callable[..., str]:
    """A zip archive of these members."""

    def write(members: dict[str, str], name: str = "days.zip") -> str:
        path = tmp_path / "vendor" / name
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for member, text in members.items():
                file.writestr(member, text)
        return str(path)

    return write


def test_each_member_is_a_file(archive: Callable[..., str], ingest: Callable[..., IngestOutcome]) -> None:
    days = {f"2026/{day}.csv": ROWS.format(day=day) for day in ("2026-01-08", "2026-01-09")}
    path = archive({**days, "2026/notes.csv": "nothing"})
    found = ingest(path)
    assert [(Path(file.path).name, file.status) for file in found.files] == [
        ("2026-01-08.csv", "committed"),
        ("2026-01-09.csv", "committed"),
        ("notes.csv", "rejected"),
    ]


def test_a_folder_finds_archives(archive: Callable[..., str], ingest: Callable[..., IngestOutcome]) -> None:
    path = archive({"a.csv": ROWS.format(day="2026-01-08")})
    assert len(ingest(str(Path(path).parent)).files) == 1


@pytest.mark.parametrize("member", ["../../etc/a.csv", "/etc/a.csv", "..\\..\\a.csv", "C:\\x\\a.csv"])
def test_a_name_that_climbs_out_is_only_its_last_part(
    member: str, archive: Callable[..., str], outcome: Callable[..., FileOutcome], tmp_path: Path
) -> None:
    path = archive({member: ROWS.format(day="2026-01-08")})
    found = outcome(path)
    assert (found.status, found.path) == ("committed", str(Path(path) / "a.csv"))
    assert {file.name for file in tmp_path.rglob("a.csv")} == set()


def test_an_archive_of_very_many_files_is_refused_as_one(
    archive: Callable[..., str], outcome: Callable[..., FileOutcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_MEMBERS", 3)
    monkeypatch.setattr(opened, "MOST_MEMBERS", 3)
    found = outcome(archive({f"{n}.csv": "x" for n in range(4)}))
    assert str(found.reason).startswith("TOO_MANY_MEMBERS: a zip archive of 4 files")


def test_a_damaged_archive(archive: Callable[..., str], refusal: Callable[..., str]) -> None:
    path = Path(archive({"a.csv": ROWS.format(day="2026-01-08") * 50}))
    path.write_bytes(path.read_bytes()[:-30])
    assert refusal(str(path)) == "NOT_DECOMPRESSED"


def test_a_member_whose_bytes_are_damaged(archive: Callable[..., str], refusal: Callable[..., str]) -> None:
    path = Path(archive({"a.csv": "".join(ROWS.format(day=f"2026-01-{n:02}") for n in range(40))}))
    data = bytearray(path.read_bytes())
    data[80] ^= 255
    path.write_bytes(bytes(data))
    assert refusal(str(path)) == "NOT_DECOMPRESSED"


@pytest.mark.parametrize(
    ("name", "stem"), [("IWM.csv.gz", "IWM"), ("IWM.CSV.ZST", "IWM"), ("IWM.csv", "IWM"), ("IWM.json.xz", "IWM")]
)
def test_the_name_says_nothing_of_compression(name: str, stem: str) -> None:
    assert Source(Path("chains") / name).stem == stem
