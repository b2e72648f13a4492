"""Files that are read and not yet written: many days are written in one commit, and each file gets an account of its rows.

Files whose contracts do not overlap wait in the same batch, even if they are of the same day. A file that shares contracts with a waiting
day is written after it, so that the same rules apply to what the lake holds and to earlier files of the same command
(`flowbt.lake.intake.merge`). Nothing of a refused file is stored, and the other files of its batch are written without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal

import polars as pl

from flowbt.errors import LakeError, RejectedFileError
from flowbt.lake.delta.tables import CHAINS
from flowbt.lake.intake.day_checks import DAY_FLAGS
from flowbt.lake.intake.dry_run import Shadow
from flowbt.lake.intake.file_read import FileRead
from flowbt.lake.intake.merge import Days, Refusal, UnitsRefusedError
from flowbt.lake.intake.pending_files import Unit, Waiting, exchanges_of, groups_of, note_of, stale_in, unknown_in
from flowbt.lake.intake.previous_days import CONTRACT_FACTS, NO_CONTRACTS, contracts_in
from flowbt.lake.intake.write_days import NO_UNITS, BroughtIn, bring_in
from flowbt.lake.reading import Source
from flowbt.lake.store import Lake
from flowbt.schema import CONTRACT_KEY, SNAPSHOT_KEY

BATCH_ROWS: Final = 1_000_000

Status = Literal["committed", "unchanged", "rejected"]


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file; counts are contract rows (bars for prices, executions for prints).

    Attributes:
        set_aside: for each reason for which rows were quarantined, its first row, the cell and a remedy (`SetAside`).
        missing_columns: columns that such files always have and this one does not, ours to theirs.
        starter_mapping: for a file that no format recognises, a mapping file to complete.
        actions: dividends and splits that came with price bars and went to the table `actions`; they are no rows of the file.
    """

    path: str
    status: Status
    reason: str | None = None
    rows_in: int = 0
    committed: int = 0
    quarantined: int = 0
    duplicates: int = 0
    warnings: dict[str, int] = field(default_factory=dict)
    format: str | None = None
    set_aside: list[dict[str, Any]] = field(default_factory=list)
    missing_columns: dict[str, str] = field(default_factory=dict)
    starter_mapping: str | None = None
    actions: int = 0


class Batch:
    """Files read and not yet written; keeps their outcomes in the order of the files.

    Args:
        lake: the lake to write to.
        dry_run: apply the rules and write nothing to the lake.
        days: the user's choice for days that are already stored (`flowbt.lake.intake.merge`).
    """

    def __init__(self, lake: Lake, dry_run: bool, days: Days = "complete") -> None:
        self.outcomes: list[FileOutcome] = []
        self.table = CHAINS.name
        self._lake = lake
        self._shadow = Shadow(lake) if dry_run else None
        self._target = lake if self._shadow is None else self._shadow.lake
        self._days = days
        self._waiting: list[Waiting] = []
        self._of_unit: dict[Unit, list[int]] = {}
        self._brought: dict[tuple[str, str, date], list[str]] = {}
        self._flags: dict[Unit, tuple[int, tuple[str, ...]]] = {}
        self._rows = 0

    def reject(self, source: Source, reason: str, starter: str | None = None) -> None:
        """Put down that a file is refused."""
        self.outcomes.append(FileOutcome(str(source), "rejected", reason, starter_mapping=starter))

    def add(self, read: FileRead) -> None:
        """Add a file; write the waiting files if the batch is full or if the file cannot be written together with them."""
        days = self._days_of(read)
        if self._waiting and not self._fits(read):
            self.flush()
        self.table = read.vendor.table
        for unit in read.units.select(SNAPSHOT_KEY).iter_rows():
            self._of_unit.setdefault(unit, []).append(len(self._waiting))
        self._waiting.append(Waiting(len(self.outcomes), read, days))
        self.outcomes.append(FileOutcome(str(read.source), "committed"))
        self._rows += read.rows_in
        if read.spilled or self._rows >= BATCH_ROWS:
            self.flush()

    def contracts_of(self, units: pl.DataFrame) -> pl.DataFrame:
        """The contracts of these snapshots (`symbol, date`) that are read and not in the lake: `flowbt.lake.intake.previous_days.CONTRACT_FACTS`."""
        rows = self._rows_of(units) if self.table == CHAINS.name else NO_CONTRACTS
        waiting = rows.select(CONTRACT_FACTS) if rows.height else NO_CONTRACTS
        return (
            waiting
            if self._shadow is None
            else pl.concat([waiting, contracts_in(self._shadow.lake, units, given=True)])
        )

    def flush(self) -> None:
        """Write what waits, one commit a batch of days, and fill in the outcomes."""
        waiting, self._waiting, self._of_unit, self._rows = self._waiting, [], {}, 0
        unknown, kept = unknown_in(waiting), []
        for file in waiting:
            try:
                file.read.without_suspects(unknown)
            except RejectedFileError as error:
                self.outcomes[file.place] = FileOutcome(str(file.read.source), "rejected", str(error))
            else:
                kept.append(file)
        if kept:
            self._store(kept)

    def finish(self) -> None:
        """Write the waiting files; warnings about a whole day are reported for the last file that has rows of it."""
        self.flush()
        for place, flags in self._flags.values():
            outcome = self.outcomes[place]
            counts = {flag: outcome.warnings.get(flag, 0) + 1 for flag in flags}
            self.outcomes[place] = replace(outcome, warnings=outcome.warnings | counts)
        self._flags = {}

    def _days_of(self, read: FileRead) -> Days:
        if not read.vendor.part or self._days != "complete":
            return self._days
        return "part" if read.vendor.table == CHAINS.name else "update"

    def _rows_of(self, units: pl.DataFrame) -> pl.DataFrame:
        """The waiting rows of these units; a frame without columns if there are none."""
        places = {place for unit in units.iter_rows() for place in self._of_unit.get(unit, [])}
        found = [self._waiting[place].read.rows_of(units) for place in sorted(places)]
        return pl.concat(found) if found else pl.DataFrame()

    def _shared(self, read: FileRead) -> pl.DataFrame:
        """The units of a file that waiting files have too."""
        units = read.units.select(SNAPSHOT_KEY)
        return units.filter(pl.Series([unit in self._of_unit for unit in units.iter_rows()], dtype=pl.Boolean))

    def _fits(self, read: FileRead) -> bool:
        """Whether a file can be written together with the waiting files: same table and kind, no common contracts."""
        other = self._waiting[0].read
        if read.spilled or (other.vendor.table, other.vendor.part) != (read.vendor.table, read.vendor.part):
            return False
        shared = self._shared(read)
        if not shared.height:
            return True
        if read.vendor.table != CHAINS.name or self._days == "replace":
            return False
        waits, comes = self._rows_of(shared), read.rows_of(shared)
        lags = pl.concat([waits["oi_lag"], comes["oi_lag"]]).drop_nulls().n_unique()
        return lags <= 1 and not comes.join(waits, on=list(CONTRACT_KEY), how="semi").height

    def _store(self, files: Sequence[Waiting]) -> None:
        """Write files in one commit; if some are refused, write the others."""
        try:
            if self._shadow is not None:
                for file in files:
                    self._shadow.copy_days(file.read.vendor.table, file.read.units)
            new_actions = {file.place: self._has_new_actions(file) for file in files}
            # nothing of a refused file may be stored, not even its quarantined rows
            if self._may_be_refused(files):
                self._write(files, dry_run=True)
            if self._shadow is None:
                # before the rows beside them: once those are in, the file counts as known and nobody would ask again
                self._quarantine(files)
                # before the rows, which are read by the sessions of their exchange
                self._lake.write_exchanges(self._new_exchanges(files))
                self._actions_of_bars(files)
            brought = self._write(files, dry_run=False)
        except UnitsRefusedError as error:
            self._refuse(files, error.refusals)
            return
        for file in files:
            own = new_actions[file.place]
            self.outcomes[file.place] = _outcome(file, brought, alone=len(files) == 1, new_actions=own)
            for unit in file.units:
                self._brought.setdefault((self.table, *unit), []).append(str(file.read.source))
            self._note_flags(file)

    def _may_be_refused(self, files: Sequence[Waiting]) -> bool:
        """Whether files that store more than the one commit of their rows have days that the lake has already."""
        more = any(file.read.spilled or file.read.rejected.height or file.read.actions.height for file in files)
        if not more and not self._new_exchanges(files):
            return False
        units = pl.concat([file.read.units.select(SNAPSHOT_KEY) for file in files])
        if not units.height or files[0].read.vendor.table != CHAINS.name:
            return True
        first, last = units.select(pl.col("date").min().alias("first"), pl.col("date").max().alias("last")).row(0)
        held = self._target.strike_rows(SNAPSHOT_KEY, units["symbol"].unique().to_list(), first, last)
        return bool(held.join(units, on=list(SNAPSHOT_KEY), how="semi").height)

    def _refuse(self, files: Sequence[Waiting], refusals: Sequence[Refusal]) -> None:
        if len(files) == 1:
            (only,) = files
            table = only.read.vendor.table
            names = {unit: self._brought.get((table, *unit), []) for unit in only.units}
            self.outcomes[only.place] = _rejected(only.read, refusals, names)
            return
        refused = {(one.symbol, one.date) for one in refusals}
        others = [file for file in files if refused.isdisjoint(file.units)]
        if others:
            self._store(others)
        for file in files:
            if file not in others:
                self._store([file])

    def _write(self, files: Sequence[Waiting], *, dry_run: bool) -> BroughtIn:
        """Write the files; a file larger than memory is written one group of days at a time."""
        first, note, stale, unknown = files[0], note_of(files), stale_in(files), unknown_in(files)
        table = first.read.vendor.table
        done: list[BroughtIn] = []
        for rows in groups_of(files, last=not dry_run):
            units = rows.select(SNAPSHOT_KEY).unique()
            in_run = [(table, *unit) in self._brought for unit in units.iter_rows()]
            same_run = units.filter(pl.Series(in_run, dtype=pl.Boolean))
            try:
                done.append(
                    bring_in(
                        self._target,
                        table,
                        rows,
                        note,
                        days=first.days,
                        same_run=same_run,
                        stale=stale,
                        unknown=unknown,
                        dry_run=dry_run,
                    )
                )
            except UnitsRefusedError:
                if done and not dry_run:
                    raise LakeError(
                        f"days of '{first.read.source}' were changed by another writer while the file was written: ingest it again"
                    ) from None
                raise
            del rows  # else it is in memory until the next group is made
        return BroughtIn(
            pl.concat([NO_UNITS.with_columns(state=pl.lit("", pl.String)), *(one.states for one in done)]),
            pl.concat([one.given for one in done], how="diagonal") if done else pl.DataFrame(),
        )

    def _has_new_actions(self, file: Waiting) -> bool:
        """Whether its dividends and splits are not all stored already."""
        actions = file.read.actions
        return bool(actions.height and actions.join(self._lake.actions(), on=actions.columns, how="anti").height)

    def _actions_of_bars(self, files: Sequence[Waiting]) -> None:
        """Dividends and splits that came with price bars."""
        actions = pl.concat([file.read.actions for file in files])
        if actions.height:
            once = actions.unique((*SNAPSHOT_KEY, "kind"), keep="last", maintain_order=True)
            self._lake.write_actions(once, note_of(files))

    def _new_exchanges(self, files: Sequence[Waiting]) -> dict[str, str]:
        """The exchanges of symbols of which the lake remembers none or another."""
        known = self._lake.remembered_exchanges()
        return {symbol: exchange for symbol, exchange in exchanges_of(files).items() if known.get(symbol) != exchange}

    def _note_flags(self, file: Waiting) -> None:
        """Keep the warnings about each day from the last of its files, which knows the whole day."""
        for unit in file.units:
            self._flags.pop(unit, None)
        for row in file.read.days.iter_rows(named=True):
            flags = tuple(flag.upper() for flag in DAY_FLAGS if row[flag])
            if flags:
                self._flags[row["symbol"], row["date"]] = (file.place, flags)

    def _quarantine(self, files: Sequence[Waiting]) -> None:
        rows = [
            read.rejected.select(
                pl.lit(str(read.source.absolute())).alias("file"), pl.lit(read.vendor.name).alias("format"), pl.all()
            )
            for read in (file.read for file in files)
            if read.rejected.height
        ]
        if rows:
            self._lake.quarantine(pl.concat(rows))


def _rejected(read: FileRead, refusals: Sequence[Refusal], names: Mapping[Unit, Sequence[str]]) -> FileOutcome:
    """A refused file with the first reason; `names` are the earlier files of the same command that have the days."""
    first = refusals[0]
    reason = first.reason
    if first.code == "DAY_IN_TWO_FILES":
        name, *others = names[first.symbol, first.date]
        more = f" and {len(others):,} more of these files" if others else ""
        reason = f"{first.symbol} on {first.date} is also in {name}{more}: {reason}"
    if len(refusals) > 1:
        reason += f"; {len(refusals) - 1:,} more days of the file are refused"
    return FileOutcome(str(read.source), "rejected", f"{first.code}: {reason}")


def _outcome(file: Waiting, brought: BroughtIn, *, alone: bool, new_actions: bool) -> FileOutcome:
    read = file.read
    units = read.units.join(brought.states, on=list(SNAPSHOT_KEY), how="left")
    known = int(units.filter(pl.col("state") == "unchanged")["rows"].sum())
    changed = units.filter(pl.col("state") == "restated").select(SNAPSHOT_KEY)
    counts, older = {}, 0
    if brought.given.height:
        given = brought.given.join(units, on=list(SNAPSHOT_KEY), how="semi")
        if not alone and "root" in given.columns:
            # other files of the batch may have other contracts of the same days
            given = given.join(read.rows_of(units.select(SNAPSHOT_KEY)), on=list(CONTRACT_KEY), how="semi")
        older = int(given.filter(pl.col("state") == "not taken")["rows"].sum())
        given = given.join(changed, on=list(SNAPSHOT_KEY), how="semi")
        counts = dict(given.group_by("state").agg(pl.col("rows").sum()).iter_rows())
    known += counts.get("same", 0) + counts.get("not taken", 0)
    kept = int(units["rows"].sum())
    told = {"RESTATED": counts.get("restated", 0), "DROPPED": counts.get("dropped", 0), "NOT_TAKEN": older}
    changes_nothing = known == kept and not told["DROPPED"] and not new_actions
    return FileOutcome(
        path=str(read.source),
        status="unchanged" if changes_nothing else "committed",
        rows_in=read.rows_in,
        committed=kept - known,
        quarantined=read.rejected.height,
        duplicates=read.duplicates + known,
        warnings=read.warnings | {code: n + read.warnings.get(code, 0) for code, n in told.items() if n},
        format=read.vendor.name,
        set_aside=[one.document() for one in read.set_aside()],
        missing_columns=read.missing_columns,
        actions=read.actions.height,
    )
