"""Vendor files into the lake.

1. `find_files` turns paths, folders and globs into files, in order of their names.
2. Each file is read by its format into text columns (`flowbt.lake.vendors`) and sifted (`flowbt.lake.quality`).
3. `_check_days` refuses a file whose day is no session, or is the day before once more.
4. What is kept is written in batches of days; a unit that the lake holds already is a duplicate.

For every file: rows in = committed + quarantined + duplicates, or the file is rejected and nothing of it is stored.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from glob import glob
from pathlib import Path
from typing import Literal

import polars as pl

from flowbt.calendar import is_session, why_closed
from flowbt.errors import FlowbtError, RejectedFileError
from flowbt.lake.quality import Sifted, sift
from flowbt.lake.store import Lake
from flowbt.lake.tables import CHAINS, PRICES
from flowbt.lake.vendors import ReadOptions, VendorFormat, format_named, recognise
from flowbt.schema import CONTRACT_KEY, SNAPSHOT_KEY, to_contract_rows, to_strike_rows

BATCH_ROWS = 1_000_000
COPY_SHARE = 0.95
"""A day is a copy of the one before if more than this share of the contracts traded then show the same volume again;
on 120 real days of two ETFs it was 1.00 for the two holiday copies and at most 0.08 otherwise."""
MIN_TRADED = 20

Status = Literal["committed", "unchanged", "rejected"]


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file; counts are contract rows (bars for prices)."""

    path: str
    status: Status
    reason: str | None = None
    rows_in: int = 0
    committed: int = 0
    quarantined: int = 0
    duplicates: int = 0
    warnings: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class IngestOutcome:
    """What became of all files, in order, and the version of the table they went to."""

    format: str
    files: tuple[FileOutcome, ...]
    version: int

    @property
    def totals(self) -> dict[str, int]:
        """Files, rejected files, and the sums of the rows."""
        counts = {"files": len(self.files), "rejected": sum(file.status == "rejected" for file in self.files)}
        for name in ("rows_in", "committed", "quarantined", "duplicates"):
            counts[name] = sum(int(getattr(file, name)) for file in self.files)
        return counts


@dataclass(frozen=True)
class _Read:
    path: Path
    vendor: VendorFormat
    rows_in: int
    sifted: Sifted


def ingest_files(
    lake: Lake,
    format_name: str,
    paths: Sequence[str],
    *,
    options: ReadOptions | None = None,
    max_quarantine: float = 0.05,
    dry_run: bool = False,
    on_file: Callable[[int, int], None] | None = None,
) -> IngestOutcome:
    """Bring files into the lake; `format_name` is a vendor format or `auto`.

    Args:
        lake: where to.
        format_name: how to read the files.
        paths: files, folders, globs.
        options: the symbol, the date and how dates are written, where the files do not say.
        max_quarantine: a file with more than this share of unusable rows is rejected.
        dry_run: read and judge, write nothing (a unit already stored then counts as committed).
        on_file: told (files done, files in all).

    Raises:
        FlowbtError: no such path or format, or a file that cannot be opened.
    """
    options = options or ReadOptions()
    if options.symbol:
        options = replace(options, symbol=options.symbol.upper())
    vendor = None if format_name == "auto" else format_named(format_name)
    files = find_files(paths, vendor, options.symbol)
    batch = _Batch(lake, dry_run)
    for done, path in enumerate(files):
        if on_file:
            on_file(done, len(files))
        try:
            file_format = vendor or recognise(path)
            read = _read(path, file_format, options)
            if file_format.table == "chains":
                _check_days(read.sifted.kept, batch.before)
            _check_share(read, max_quarantine)
        except RejectedFileError as error:
            batch.reject(path, str(error))
        else:
            batch.add(read)
    batch.flush()
    if on_file:
        on_file(len(files), len(files))
    table = PRICES.name if vendor and vendor.table == "prices" else CHAINS.name
    return IngestOutcome(format_name, tuple(batch.outcomes), lake.versions().get(table, -1))


def find_files(paths: Sequence[str], vendor: VendorFormat | None, symbol: str | None = None) -> list[Path]:
    """The files meant by paths, folders (recursive) and globs, each once, ordered by name.

    From a folder only files with the format's endings are taken, and, where a symbol is asked for and the format has one
    file a symbol, only that symbol's.
    """
    found: dict[Path, None] = {}
    for given in paths:
        globbed = [given] if Path(given).exists() else glob(given, recursive=True)  # noqa: PTH207 (a glob may be absolute)
        matches = [Path(match) for match in globbed]
        if not matches:
            raise FlowbtError(f"no file or folder '{given}': check the path, or quote a glob")
        for match in matches:
            found.update(dict.fromkeys(_inside(match, vendor) if match.is_dir() else [match]))
    files = sorted(found, key=lambda path: path.parts)
    if symbol and vendor and vendor.name == "riskalert-json":
        files = [path for path in files if path.stem.upper() == symbol]
    if not files:
        raise FlowbtError(f"no files to ingest in {', '.join(paths)}: check the folder and the format's file endings")
    return files


def _inside(folder: Path, vendor: VendorFormat | None) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and (vendor is None or path.suffix.lower() in vendor.suffixes):
            yield path


def _read(path: Path, vendor: VendorFormat, options: ReadOptions) -> _Read:
    try:
        text = vendor.read(path, options)
    except OSError as error:
        raise FlowbtError(f"'{path}' cannot be read: {error.strerror or error}") from None
    if not text.height:
        raise RejectedFileError("EMPTY", "there are no rows in the file")
    if vendor.table == "chains":
        text = _fill_in(text, vendor)
    sifted = sift(text, vendor.table, options.date_format, vendor.zero_is_missing)
    return _Read(path, vendor, text.height, sifted)


def _fill_in(text: pl.DataFrame, vendor: VendorFormat) -> pl.DataFrame:
    """What a source may leave unsaid: 100 shares a contract, and what the format declares of its open interest."""
    lag = 1 if vendor.oi_lag is None else vendor.oi_lag
    unsaid = {"multiplier": "100", "oi_lag": str(lag), "source": vendor.name}
    return text.with_columns(
        (pl.col(name).fill_null(value) if name in text.columns else pl.lit(value)).alias(name)
        for name, value in unsaid.items()
    )


def _check_share(read: _Read, max_quarantine: float) -> None:
    bad = read.sifted.rejected.height
    if bad > max_quarantine * read.rows_in:
        reasons = read.sifted.rejected["reason"].value_counts(sort=True).rows()[:3]
        listed = ", ".join(f"{n} {reason}" for reason, n in reasons)
        raise RejectedFileError(
            "TOO_MANY_BAD_ROWS", f"{bad} of {read.rows_in} rows cannot be used ({listed}); see --max-quarantine"
        )


def _check_days(rows: pl.DataFrame, before: Callable[[str, date], pl.DataFrame | None]) -> None:
    within: dict[str, pl.DataFrame] = {}
    for (symbol, day), snapshot in rows.sort("date").group_by(SNAPSHOT_KEY, maintain_order=True):
        closed = "" if is_session(day) else f"{day} is no session ({why_closed(day)})"
        previous = within[symbol] if symbol in within else before(symbol, day)
        within[symbol] = snapshot
        if previous is not None and (share := _repeated_volume(snapshot, previous)) > COPY_SHARE:
            raise RejectedFileError(
                "COPY_OF_PREVIOUS_DAY",
                f"{symbol} on {day} repeats the volume of {share:.0%} of the contracts traded on {previous['date'][0]}"
                + (f"; {closed}" if closed else ""),
            )
        if closed:
            raise RejectedFileError("NOT_A_SESSION", f"{closed}; if the rows are of another day, say it with --date")


def _repeated_volume(snapshot: pl.DataFrame, previous: pl.DataFrame) -> float:
    """Share of the contracts traded on either day that show the same volume on both; the expired count on neither."""
    key = [name for name in CONTRACT_KEY if name != "date"]
    live = (pl.col("expiration") >= snapshot["date"][0]) & (pl.col("volume") > 0)
    before, now = previous.filter(live), snapshot.filter(live)
    repeated = now.join(before, on=[*key, "volume"], how="semi").height
    traded = max(before.height, now.height)
    return repeated / traded if traded >= MIN_TRADED else 0.0


class _Batch:
    """Files read and not yet written; keeps their outcomes in the order of the files."""

    def __init__(self, lake: Lake, dry_run: bool) -> None:
        self.outcomes: list[FileOutcome] = []
        self._lake = lake
        self._dry_run = dry_run
        self._waiting: list[_Read] = []
        self._places: list[int] = []
        self._units: set[tuple[str, date]] = set()
        self._rows = 0
        self._newest: dict[str, pl.DataFrame] = {}

    def before(self, symbol: str, day: date) -> pl.DataFrame | None:
        """The last snapshot of the symbol before a day: of this run, or of the lake where this run has none."""
        newest = self._newest.get(symbol)
        if newest is not None and newest["date"][0] < day:
            return newest
        first = day.replace(day=1) if day.day > 10 else date(day.year - (day.month == 1), (day.month - 2) % 12 + 1, 1)
        rows = self._lake.strike_rows(CHAINS.columns, [symbol], first, day).filter(pl.col("date") < day)
        return to_contract_rows(rows.filter(pl.col("date") == pl.col("date").max())) if rows.height else None

    def reject(self, path: Path, reason: str) -> None:
        """Put down that a file is refused."""
        self.outcomes.append(FileOutcome(str(path), "rejected", reason))

    def add(self, read: _Read) -> None:
        """Take a file in; writes what waits once it is a batch, or where the file has a unit that waits already."""
        units = set(read.sifted.kept.select(SNAPSHOT_KEY).unique().iter_rows())
        if self._waiting and (units & self._units or self._waiting[0].vendor.table != read.vendor.table):
            self.flush()
        self._places.append(len(self.outcomes))
        self.outcomes.append(FileOutcome(str(read.path), "committed"))
        self._waiting.append(read)
        self._units |= units
        self._rows += read.rows_in
        if read.vendor.table == "chains":
            for (symbol, _), snapshot in read.sifted.kept.sort("date").group_by(SNAPSHOT_KEY, maintain_order=True):
                self._newest[symbol] = snapshot
        if self._rows >= BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what waits, in one commit, and fill in the outcomes."""
        if not self._waiting:
            return
        kept = pl.concat([read.sifted.kept for read in self._waiting])
        note = {"files": str(len(self._waiting)), "rows_in": str(self._rows)}
        if self._dry_run:
            states = kept.select(SNAPSHOT_KEY).unique().with_columns(pl.lit("new").alias("state"))
        elif self._waiting[0].vendor.table == "prices":
            states = self._lake.write_bars(kept, note)
        else:
            states = self._lake.write_strike_rows(to_strike_rows(kept), note)
        unchanged = states.filter(pl.col("state") == "unchanged")
        outcomes = [self._outcome(read, unchanged) for read in self._waiting]
        for place, outcome in zip(self._places, outcomes, strict=True):
            self.outcomes[place] = outcome
        self._quarantine(outcomes)
        self._waiting, self._places, self._units, self._rows = [], [], set(), 0

    def _outcome(self, read: _Read, unchanged: pl.DataFrame) -> FileOutcome:
        kept = read.sifted.kept
        known = kept.join(unchanged, on=list(SNAPSHOT_KEY), how="semi").height
        return FileOutcome(
            path=str(read.path),
            status="unchanged" if kept.height and known == kept.height else "committed",
            rows_in=read.rows_in,
            committed=kept.height - known,
            quarantined=read.sifted.rejected.height,
            duplicates=read.sifted.duplicates + known,
            warnings=read.sifted.warnings,
        )

    def _quarantine(self, outcomes: Sequence[FileOutcome]) -> None:
        rows = [
            read.sifted.rejected.select(
                pl.lit(str(read.path)).alias("file"), pl.lit(read.vendor.name).alias("format"), "reason", "record"
            )
            for read, outcome in zip(self._waiting, outcomes, strict=True)
            if outcome.status == "committed" and read.sifted.rejected.height
        ]
        if rows and not self._dry_run:
            self._lake.quarantine(pl.concat(rows))
