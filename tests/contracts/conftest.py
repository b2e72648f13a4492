"""A small synthetic market for the contracts; and the sample files of the vendor formats.

Samples lie in `samples/FORMAT/`, with what is known of them in `expected.toml`: options that they need, warnings, quote time and lag of
the open interest (absent: not known), and cells of some rows that can be read off the file (`unknown`: those that must be null).
"""

import csv
import gzip
import io
import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import ingest_files
from flowbt.lake.intake.read_file import read_file
from flowbt.lake.reading import find_sources
from flowbt.lake.reading.names import folded, lacking, numbered
from flowbt.lake.vendors import Layout, ReadOptions, VendorFormat, format_named
from flowbt.market import MarketConfig
from flowbt.schema import STRIKE_ROWS, to_contract_rows
from flowbt.workflows.simulate import simulate_market

SMALL = MarketConfig(symbols=2, sessions=60, seed=11, contracts_per_snapshot=120, warmup_bars=40)
SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Two symbols over 60 sessions."""
    lake = Lake(tmp_path_factory.mktemp("market"))
    simulate_market(lake, SMALL)
    return lake


@dataclass(frozen=True)
class Sample:
    """A vendor's file, written for the tests, and what is known of it."""

    vendor: VendorFormat
    file: str
    expected: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.vendor.name}-{Path(self.file).name}"

    @property
    def name(self) -> str:
        """Where the file lies below a vendor's folder, without what tells of its compression."""
        return self.file.removesuffix(".gz")

    @property
    def content(self) -> bytes:
        """What stands in it."""
        data = (SAMPLES / self.vendor.name / self.file).read_bytes()
        return gzip.decompress(data) if self.file.endswith(".gz") else data

    @property
    def options(self) -> ReadOptions:
        """What the user has to say of it."""
        return ReadOptions(**self.expected.get("options", {}))

    @property
    def is_table(self) -> bool:
        """Whether it is a delimited file."""
        return not self.name.endswith(".json")

    @property
    def layout(self) -> Layout:
        """The layout that it is written for."""
        names = self._header() if self.is_table else _names_within(json.loads(self.content))
        of_rows = [layout for layout in self.vendor.layouts if bool(layout.rows) != self.is_table]
        fitting = [layout for layout in of_rows if not lacking(_leaves(layout), names)]
        return max(fitting, key=lambda layout: len(layout.header))

    @property
    def number(self) -> tuple[str, str]:
        """A column of whole numbers (where there is none, of numbers): its name in our columns, and in the file."""
        of_ours = {
            ours.removeprefix("call_"): theirs
            for ours, theirs in self.layout.columns.items()
            if not isinstance(theirs, tuple) or isinstance(theirs[0], str)
        }
        for ours in ("volume", "open_interest", "size", "value", "bid"):
            if ours in of_ours:
                theirs = of_ours[ours]
                theirs = theirs[0] if isinstance(theirs, tuple) else theirs
                names = theirs.meta.root_names() if isinstance(theirs, pl.Expr) else [theirs]
                return ours, str(names[0])
        raise AssertionError(f"{self} has no column of whole numbers")

    def without(self, theirs: str) -> bytes:
        """The file with columns (`one|or the other`) renamed."""
        gone = theirs.split("|")
        if self.is_table:
            above, header, rows, below = self.table()
            names = numbered(map(folded, header))
            renamed = ["renamed" if n in gone else h for n, h in zip(names, header, strict=True)]
            return delimited(above, renamed, rows, below)
        leaves = {name.rpartition(".")[2] for name in gone}
        return self._document(lambda node: {("renamed" if folded(k) in leaves else k): v for k, v in node.items()})

    def shuffled(self) -> bytes:
        """The file with its columns in another order, and one that nobody knows; columns of one name keep theirs."""
        if not self.is_table:
            return self._document(lambda node: {"unknown_extra": "x", **dict(reversed(node.items()))})
        above, header, rows, below = self.table()
        order = sorted(range(len(header)), key=lambda place: folded(header[place])[::-1])
        return delimited(
            above,
            ["Unknown Extra", *(header[n] for n in order)],
            [["x", *(row[n] for n in order)] for row in rows],
            below,
        )

    def with_cell(self, theirs: str, text: str) -> bytes:
        """The file with another cell in its last row."""
        if self.is_table:
            above, header, rows, below = self.table()
            rows[-1][numbered(map(folded, header)).index(theirs)] = text
            return delimited(above, header, rows, below)
        document = json.loads(self.content)
        if self.layout.cells:
            document["response"][-1]["ticks"][-1][document["header"]["format"].index(theirs)] = text
        else:
            row = [node for node in _nodes(document) if theirs in map(folded, node)][-1]
            row[next(key for key in row if folded(key) == theirs)] = text
        return json.dumps(document).encode()

    def with_column(self, name: str, text: str) -> bytes:
        """The file with one more column."""
        if self.is_table:
            above, header, rows, below = self.table()
            return delimited(above, [*header, name], [[*row, text] for row in rows], below)
        theirs = self.number[1]
        return self._document(lambda node: node | ({name: text} if theirs in map(folded, node) else {}))

    def frame(self) -> pl.DataFrame:
        """A delimited file's columns of text."""
        _, header, rows, _ = self.table()
        return pl.DataFrame(rows, schema=dict.fromkeys(numbered(header), pl.String()), orient="row").with_columns(
            pl.all().replace("", None)
        )

    def read(self, path: Path) -> pl.DataFrame:
        """The rows that a file gives, without a lake."""
        source = find_sources([str(path)], None, lambda _: True)[0]
        return pl.concat(read_file(source, self.vendor, self.options).groups())

    def stored(self, lake: Lake) -> pl.DataFrame:
        """What a lake holds of the format's table."""
        table = self.vendor.table
        symbols = ["AAA"]
        if table == "chains":
            return to_contract_rows(lake.strike_rows(STRIKE_ROWS, symbols, date(1970, 1, 1), date(2199, 12, 31)))
        return {"prices": lake.bars, "actions": lake.actions}[table](symbols) if table != "prints" else _prints(lake)

    def _document(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bytes:
        document = _changed(json.loads(self.content), change)
        cells = document.get("header", {}).get("format") if isinstance(document, dict) else None
        if cells:
            document["header"]["format"] = [list(change({cell: None}))[-1] for cell in cells]
        return json.dumps(document).encode()

    def _header(self) -> list[str]:
        return numbered(map(folded, self.table()[1]))

    def table(self) -> tuple[list[str], list[str], list[list[str]], list[str]]:
        """The lines above the header, the header, the rows, and the line below them where the layout has a footer."""
        lines = self.content.decode("utf-8-sig").splitlines()
        for number, line in enumerate(lines):
            header = next(csv.reader([line], skipinitialspace=True), [])
            names = numbered(map(folded, header))
            if fitting := [layout for layout in self.vendor.layouts if not lacking(layout.header, names)]:
                end = len(lines) - (1 if fitting[0].footer else 0)
                rows = list(csv.reader(lines[number + 1 : end], skipinitialspace=True))
                return lines[:number], header, rows, lines[end:]
        raise AssertionError(f"{self} has no header")


def _prints(lake: Lake) -> pl.DataFrame:
    return lake.prints(["AAA"], date(1970, 1, 1), date(2199, 12, 31))


def delimited(above: list[str], header: list[str], rows: list[list[str]], below: list[str]) -> bytes:
    """Lines above the header, a header and rows as a comma-separated file, and lines below them."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return ("".join(f"{line}\n" for line in above) + text.getvalue() + "".join(f"{line}\n" for line in below)).encode()


def _leaves(layout: Layout) -> set[str]:
    return {name.rpartition(".")[2] if layout.rows else name for name in layout.header}


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(child)
    if isinstance(node, dict):
        yield node


def _names_within(document: Any) -> set[str]:
    cells = document.get("header", {}).get("format", []) if isinstance(document, dict) else []
    return {folded(key) for node in _nodes(document) for key in node} | {folded(cell) for cell in cells}


def _changed(node: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(node, dict):
        return change({key: _changed(value, change) for key, value in node.items()})
    return [_changed(child, change) for child in node] if isinstance(node, list) else node


def samples() -> list[Sample]:
    """All of them."""
    return [
        Sample(format_named(path.parent.name), sample["file"], sample)
        for path in sorted(SAMPLES.glob("*/expected.toml"))
        for sample in tomllib.loads(path.read_text())["sample"]
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sample" in metafunc.fixturenames:
        metafunc.parametrize("sample", samples(), ids=str)


@pytest.fixture(scope="session")
def all_samples() -> list[Sample]:
    return samples()


@dataclass(frozen=True)
class Kept:
    """A lake with a sample in it, as its format was recognised, and the folder of vendor files where it lies."""

    lake: Lake
    folder: Path
    file: FileOutcome


@pytest.fixture(scope="session")
def lakes_of_samples() -> dict[str, Kept]:
    return {}


@pytest.fixture
def kept(sample: Sample, lakes_of_samples: dict[str, Kept], tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The sample in a lake, which all tests of the sample share."""
    if str(sample) not in lakes_of_samples:
        folder = tmp_path_factory.mktemp("sample")
        lake, path = Lake(folder / "lake"), written(sample, folder / "vendor")
        [file] = ingest_files(lake, "auto", [str(path)], options=sample.options).files
        lakes_of_samples[str(sample)] = Kept(lake, folder / "vendor", file)
    return lakes_of_samples[str(sample)]


def written(sample: Sample, folder: Path, content: bytes | None = None, ending: str = "") -> Path:
    path = folder / (sample.name + ending)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sample.content if content is None else content)
    return path


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a sample below the folder `vendor`, or other bytes under its name; gives its path."""

    def to_file(sample: Sample, content: bytes | None = None, ending: str = "") -> Path:
        return written(sample, tmp_path / "vendor", content, ending)

    return to_file
