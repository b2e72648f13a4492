"""Files read and not yet written: days go into the lake many at a time, and each file learns what became of its rows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.file_read import FileRead
from flowbt.lake.reading import Source
from flowbt.lake.store import Lake
from flowbt.lake.tables import CHAINS
from flowbt.schema import SNAPSHOT_KEY, pair_sides, to_strike_rows

BATCH_ROWS: Final = 1_000_000

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
    format: str | None = None


class Batch:
    """Files read and not yet written; keeps their outcomes in the order of the files."""

    def __init__(self, lake: Lake, dry_run: bool) -> None:
        self.outcomes: list[FileOutcome] = []
        self.table = CHAINS.name
        self._lake = lake
        self._dry_run = dry_run
        self._waiting: list[FileRead] = []
        self._places: list[int] = []
        self._units: set[tuple[str, date]] = set()
        self._seen: dict[tuple[str, str, date], tuple[int, str]] = {}
        self._rows = 0

    def reject(self, source: Source, reason: str) -> None:
        """Put down that a file is refused."""
        self.outcomes.append(FileOutcome(str(source), "rejected", reason))

    def check_units(self, read: FileRead) -> None:
        """Refuse a file with a day that another file of the run has with other rows: one would replace the other."""
        table, told = read.vendor.table, read.source.name
        units = [] if read.vendor.part else list(read.units.select(*SNAPSHOT_KEY, "digest").iter_rows())
        for symbol, day, digest in units:
            before, name = self._seen.get((table, symbol, day), (digest, ""))
            if before != digest:
                raise RejectedFileError(
                    "DAY_IN_TWO_FILES", f"{symbol} on {day} came in {name} with other rows: put a day into one file"
                )
        self._seen |= {(table, symbol, day): (digest, told) for symbol, day, digest in units}

    def add(self, read: FileRead) -> None:
        """Take a file in; writes what waits once it is a batch, or where the file has a unit that waits already."""
        self.table = read.vendor.table
        units = set(read.units.select(SNAPSHOT_KEY).iter_rows())
        alone = read.spilled or read.vendor.part
        if self._waiting and (alone or units & self._units or self._waiting[0].vendor.table != read.vendor.table):
            self.flush()
        self._places.append(len(self.outcomes))
        self.outcomes.append(FileOutcome(str(read.source), "committed"))
        self._waiting.append(read)
        self._units |= units
        self._rows += read.rows_in
        if alone or self._rows >= BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what waits, one commit a batch of days, and fill in the outcomes."""
        if not self._waiting:
            return
        if not self._dry_run:
            # before the rows beside them: once those are in, the file counts as known and nobody would ask again
            self._quarantine()
            self._remember_exchanges()
        states = pl.concat([self._write(group) for group in self._groups()])
        for place, read in zip(self._places, self._waiting, strict=True):
            self.outcomes[place] = self._outcome(read, states)
        self._waiting, self._places, self._units, self._rows = [], [], set(), 0

    def _groups(self) -> Sequence[pl.DataFrame]:
        if len(self._waiting) == 1:
            return self._waiting[0].groups()  # type: ignore[return-value]
        return [pl.concat([group for read in self._waiting for group in read.groups()])]

    def _write(self, kept: pl.DataFrame) -> pl.DataFrame:
        if self._dry_run or not kept.height:
            return kept.select(SNAPSHOT_KEY).unique().with_columns(pl.lit("new").alias("state"))
        first = self._waiting[0]
        note = self._note()
        if first.vendor.table == "prices":
            return self._lake.write_bars(kept, note)
        if first.vendor.table == "prints":
            return self._lake.write_prints(kept, note)
        if first.vendor.table == "actions":
            return self._lake.write_actions(kept, note)
        rows = pair_sides(kept) if len(self._waiting) == 1 else to_strike_rows(kept)
        stale = pl.concat([read.stale for read in self._waiting])
        return self._lake.write_strike_rows(rows, note, stale=stale, part=first.vendor.part)

    def _note(self) -> dict[str, str]:
        """What is kept with a commit: of each file its name, and what became of its rows as far as is known before."""
        files = [
            {
                "file": read.source.name,
                "format": read.vendor.name,
                "rows_in": read.rows_in,
                "quarantined": read.rejected.height,
                "duplicates": read.duplicates,
                "warnings": read.warnings,
            }
            for read in self._waiting
        ]
        return {"files": json.dumps(files)}

    def _outcome(self, read: FileRead, states: pl.DataFrame) -> FileOutcome:
        state = read.units.join(states, on=list(SNAPSHOT_KEY), how="left")
        rows = {str(name): int(n) for name, n in state.group_by("state").agg(pl.col("rows").sum()).iter_rows()}
        kept = sum(rows.values())
        known, restated = rows.get("unchanged", 0), rows.get("restated", 0)
        warnings = dict(read.warnings) | ({"RESTATED": restated} if restated and not read.vendor.part else {})
        return FileOutcome(
            path=str(read.source),
            status="unchanged" if kept and known == kept else "committed",
            rows_in=read.rows_in,
            committed=kept - known,
            quarantined=read.rejected.height,
            duplicates=read.duplicates + known,
            warnings=warnings,
            format=read.vendor.name,
        )

    def _remember_exchanges(self) -> None:
        """Keep the exchange of the symbols before their rows, which mean something else on another one."""
        found: dict[str, str] = {}
        for read in self._waiting:
            found |= read.exchange_of.to_remember(read.units["symbol"].unique())
        self._lake.write_exchanges(found)

    def _quarantine(self) -> None:
        rows = [
            read.rejected.select(
                pl.lit(str(read.source.absolute())).alias("file"), pl.lit(read.vendor.name).alias("format"), pl.all()
            )
            for read in self._waiting
            if read.rejected.height
        ]
        if rows:
            self._lake.quarantine(pl.concat(rows))
