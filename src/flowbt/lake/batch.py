"""Files read and not yet written: days go into the lake many at a time, and each file learns what became of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.quality import Sifted
from flowbt.lake.store import Lake
from flowbt.lake.tables import CHAINS
from flowbt.lake.vendors import VendorFormat
from flowbt.schema import SNAPSHOT_KEY, to_contract_rows, to_strike_rows

BATCH_ROWS = 1_000_000

Status = Literal["committed", "unchanged", "rejected"]


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file; counts are contract rows (bars for prices, executions for prints)."""

    path: str
    status: Status
    reason: str | None = None
    rows_in: int = 0
    committed: int = 0
    quarantined: int = 0
    duplicates: int = 0
    warnings: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FileRead:
    """A file's rows, sorted out, and how many there were."""

    path: Path
    vendor: VendorFormat
    rows_in: int
    sifted: Sifted


class Batch:
    """Files read and not yet written; keeps their outcomes in the order of the files."""

    def __init__(self, lake: Lake, dry_run: bool) -> None:
        self.outcomes: list[FileOutcome] = []
        self._lake = lake
        self._dry_run = dry_run
        self._waiting: list[FileRead] = []
        self._places: list[int] = []
        self._units: set[tuple[str, date]] = set()
        self._seen: dict[tuple[str, str, date], tuple[int, str]] = {}
        self.table = CHAINS.name
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

    def check_units(self, read: FileRead) -> None:
        """Refuse a file with a day that another file of the run has with other rows: one would replace the other."""
        table, told = read.vendor.table, read.path.name
        digests = _digests(read.sifted.kept)
        for (symbol, day), digest in digests.items():
            before, name = self._seen.get((table, symbol, day), (digest, ""))
            if before != digest:
                raise RejectedFileError(
                    "DAY_IN_TWO_FILES", f"{symbol} on {day} came in {name} with other rows: put a day into one file"
                )
        self._seen |= {(table, symbol, day): (digest, told) for (symbol, day), digest in digests.items()}

    def add(self, read: FileRead) -> None:
        """Take a file in; writes what waits once it is a batch, or where the file has a unit that waits already."""
        self.table = read.vendor.table
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
        elif self._waiting[0].vendor.table == "prints":
            states = self._lake.write_prints(kept, note)
        else:
            states = self._lake.write_strike_rows(to_strike_rows(kept), note)
        outcomes = [self._outcome(read, states) for read in self._waiting]
        for place, outcome in zip(self._places, outcomes, strict=True):
            self.outcomes[place] = outcome
        self._quarantine(outcomes)
        self._waiting, self._places, self._units, self._rows = [], [], set(), 0

    def _outcome(self, read: FileRead, states: pl.DataFrame) -> FileOutcome:
        kept = read.sifted.kept
        state = kept.join(states, on=list(SNAPSHOT_KEY), how="left")["state"]
        known, restated = int((state == "unchanged").sum()), int((state == "restated").sum())
        return FileOutcome(
            path=str(read.path),
            status="unchanged" if kept.height and known == kept.height else "committed",
            rows_in=read.rows_in,
            committed=kept.height - known,
            quarantined=read.sifted.rejected.height,
            duplicates=read.sifted.duplicates + known,
            warnings=read.sifted.warnings | ({"RESTATED": restated} if restated else {}),
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


def _digests(rows: pl.DataFrame) -> dict[tuple[str, date], int]:
    """A number per symbol and day that any other rows would almost surely change."""
    hashed = (
        rows.select(*SNAPSHOT_KEY, rows.hash_rows().alias("digest")).group_by(SNAPSHOT_KEY).agg(pl.col("digest").sum())
    )
    return {(symbol, day): digest for symbol, day, digest in hashed.iter_rows()}
