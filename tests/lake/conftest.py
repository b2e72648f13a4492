"""Small vendor files and the lake they go to.

A canonical file has one row per option: AAA on Thursday 8 January 2026, the 100 call of 16 January, unless told otherwise.
A tape has one row per execution: ten of that call at the ask, at 9:30 in New York.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import IngestOutcome, ingest_files
from flowbt.lake.intake.merge import Days
from flowbt.lake.intake.read_file import translated_blocks
from flowbt.lake.reading import Source, open_file
from flowbt.lake.vendors import FORMATS, ReadOptions, format_named
from flowbt.lake.vendors.recognise import layout_of, recognise
from flowbt.lake.vendors.translate import ROW
from flowbt.schema import STRIKE_ROWS, to_contract_rows

OPTION = {
    "symbol": "AAA",
    "date": "2026-01-08",
    "expiration": "2026-01-16",
    "strike": "100",
    "option_type": "call",
    "last": "1.5",
    "volume": "10",
    "open_interest": "50",
    "underlying_price": "100",
}
EXECUTION = {
    "symbol": "AAA",
    "time": "2026-01-08T14:30:00Z",
    "expiration": "2026-01-16",
    "strike": "100",
    "option_type": "call",
    "price": "1.5",
    "size": "10",
    "bid": "1.4",
    "ask": "1.5",
    "underlying_price": "100",
}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def vendor_file(tmp_path: Path) -> Callable[[str, str | bytes], str]:
    """Write a file below the folder of vendor files; gives its path."""

    def write(name: str, content: str | bytes) -> str:
        path = tmp_path / "vendor" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


@pytest.fixture(scope="session")
def option() -> Callable[..., dict[str, str]]:
    """A row of a canonical file."""
    return lambda **cells: OPTION | cells


@pytest.fixture
def canonical(vendor_file: Callable[[str, str | bytes], str]) -> Callable[..., str]:
    """Write rows as canonical CSV."""

    def write(*rows: Mapping[str, str], name: str = "chain.csv") -> str:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines = [",".join(columns), *(",".join(quoted(row.get(column, "")) for column in columns) for row in rows)]
        return vendor_file(name, "\n".join(lines) + "\n")

    return write


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\n') else cell


@pytest.fixture(scope="session")
def execution() -> Callable[..., dict[str, str]]:
    """A row of a tape in our own columns."""
    return lambda **cells: EXECUTION | cells


@pytest.fixture
def tape(canonical: Callable[..., str]) -> Callable[..., str]:
    """Write rows as a tape in our own columns, as CSV."""
    return lambda *rows, name="tape.csv": canonical(*rows, name=name)


@pytest.fixture(scope="session")
def pair() -> Callable[..., dict[str, Any]]:
    """A row of `contracts` in a riskalert-json file."""

    def make(strike: float = 100.0, expiration: str = "2026-01-16", **changes: Any) -> dict[str, Any]:
        row = {"callOption": f"{expiration}_{strike:.2f}_Call", "putOption": f"{expiration}_{strike:.2f}_Put"}
        for side, delta in (("call", 0.5), ("put", -0.5)):
            numbers = {"Price": 1.5, "Delta": delta, "Volume": 10, "Iv": 25.0, "Oi": 50}
            row |= {f"{side}{name}": value for name, value in numbers.items()}  # type: ignore[misc]
        return row | changes

    return make


@pytest.fixture
def riskalert(vendor_file: Callable[[str, str | bytes], str]) -> Callable[..., str]:
    """Write rows as a riskalert-json file."""

    def write(*rows: Mapping[str, Any], name: str = "2026-01-08/AAA.json", **header: Any) -> str:
        document = {"header": {"underlyingPrice": 100.0} | header, "contracts": rows}
        return vendor_file(name, json.dumps(document))

    return write


@pytest.fixture
def ingest(lake: Lake) -> Callable[..., IngestOutcome]:
    """Bring files in; every row may be bad unless `max_quarantine` says otherwise."""

    def run(
        *paths: str,
        format_name: str = "canonical",
        max_quarantine: float = 1.0,
        dry_run: bool = False,
        days: Days = "complete",
        **options: Any,
    ) -> IngestOutcome:
        said = ReadOptions(**options) if options else None
        return ingest_files(
            lake, format_name, paths, options=said, max_quarantine=max_quarantine, dry_run=dry_run, days=days
        )

    return run


@pytest.fixture
def outcome(ingest: Callable[..., IngestOutcome]) -> Callable[..., FileOutcome]:
    """Bring one file in."""
    return lambda path, **options: ingest(path, **options).files[0]


@pytest.fixture
def refusal(outcome: Callable[..., FileOutcome], lake: Lake) -> Callable[..., str]:
    """The code for which one file is refused; nothing of it may be stored."""

    def code(path: str, **options: Any) -> str:
        found = outcome(path, **options)
        assert found.status == "rejected"
        assert lake.versions() == {}
        return str(found.reason).partition(":")[0]

    return code


@pytest.fixture
def stored(lake: Lake) -> Callable[[], pl.DataFrame]:
    """All contract rows in the lake."""
    return lambda: to_contract_rows(lake.strike_rows(STRIKE_ROWS, lake.symbols(), date(1970, 1, 1), date(2199, 12, 31)))


@pytest.fixture
def taped(lake: Lake) -> Callable[[], pl.DataFrame]:
    """All prints of AAA in the lake."""
    return lambda: lake.prints(["AAA"], date(1970, 1, 1), date(2199, 12, 31))


@pytest.fixture
def quarantine(lake: Lake) -> Callable[[], Sequence[str]]:
    """The reasons of the rows in quarantine."""

    def reasons() -> Sequence[str]:
        if "quarantine" not in lake.versions():
            return []
        files = DeltaTable(str(lake.path / "quarantine")).file_uris()
        return pl.read_parquet(sorted(files))["reason"].sort().to_list()

    return reasons


@pytest.fixture(scope="session")
def format_of() -> Callable[[Path | str], str]:
    """The name of the format that recognises a file."""
    return lambda path: recognise(open_file(Source(Path(path))), FORMATS.values())[0].name


@pytest.fixture(scope="session")
def text_of() -> Callable[..., pl.DataFrame]:
    """A file's columns of text under our names, as its format reads it."""

    def read(path: Path | str, format_name: str, **options: Any) -> pl.DataFrame:
        source, vendor = Source(Path(path)), format_named(format_name)
        file = open_file(source)
        blocks = translated_blocks(file, source, vendor, layout_of(file, vendor), ReadOptions(**options))
        return pl.concat([text for _, text in blocks]).drop(ROW)

    return read
