"""Batches of files: read files wait until many days can be written in one commit; each file gets an account of its rows.

Files with different contracts wait in the same batch, even if they are of the same day. A file that shares contracts with a pending file
is written after it, so that the same rules apply to days in the lake and to days from earlier files of the same command
(`flowbt.lake.intake.merge`). Nothing of a refused file is stored, and the other files of its batch are written without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.delta.tables import CHAINS
from flowbt.lake.intake.checked_file import CheckedFile
from flowbt.lake.intake.day_checks import DAY_FLAGS
from flowbt.lake.intake.file_writer import FileWriter
from flowbt.lake.intake.merge import Days, Refusal, UnitsRefusedError
from flowbt.lake.intake.pending_files import PendingFile, Unit, unknown_in
from flowbt.lake.intake.previous_days import CONTRACT_FACTS, NO_CONTRACTS, contracts_in
from flowbt.lake.intake.write_days import WriteOutcome
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
        self._writer = FileWriter(lake, dry_run=dry_run)
        self._days = days
        self._pending: list[PendingFile] = []
        self._of_unit: dict[Unit, list[int]] = {}
        self._flags: dict[Unit, tuple[int, tuple[str, ...]]] = {}
        self._rows = 0

    def reject(self, source: Source, reason: str, starter: str | None = None) -> None:
        """Record that a file is refused."""
        self.outcomes.append(FileOutcome(str(source), "rejected", reason, starter_mapping=starter))

    def add(self, checked: CheckedFile) -> None:
        """Add a file; write the pending files if the batch is full or if the file cannot be written together with them."""
        days = self._days_of(checked)
        if self._pending and not self._fits(checked):
            self.flush()
        self.table = checked.vendor.table
        for unit in checked.units.select(SNAPSHOT_KEY).iter_rows():
            self._of_unit.setdefault(unit, []).append(len(self._pending))
        self._pending.append(PendingFile(len(self.outcomes), checked, days))
        self.outcomes.append(FileOutcome(str(checked.source), "committed"))
        self._rows += checked.rows_in
        if checked.spilled or self._rows >= BATCH_ROWS:
            self.flush()

    def contracts_of(self, units: pl.DataFrame) -> pl.DataFrame:
        """The contracts of these snapshots (`symbol, date`) that are read and not in the lake (`flowbt.lake.intake.previous_days.CONTRACT_FACTS`)."""
        rows = self._rows_of(units) if self.table == CHAINS.name else NO_CONTRACTS
        pending = rows.select(CONTRACT_FACTS) if rows.height else NO_CONTRACTS
        copy = self._writer.dry_run_copy
        return pending if copy is None else pl.concat([pending, contracts_in(copy.lake, units, given=True)])

    def flush(self) -> None:
        """Write the pending files, one commit for a batch of days, and fill in their outcomes."""
        pending, self._pending, self._of_unit, self._rows = self._pending, [], {}, 0
        unknown, kept = unknown_in(pending), []
        for file in pending:
            try:
                file.checked.drop_placeholders(unknown)
            except RejectedFileError as error:
                self.outcomes[file.position] = FileOutcome(str(file.checked.source), "rejected", str(error))
            else:
                kept.append(file)
        if kept:
            self._store(kept)

    def finish(self) -> None:
        """Write the pending files; warnings about a whole day are reported for the last file that has rows of it."""
        self.flush()
        for position, flags in self._flags.values():
            outcome = self.outcomes[position]
            counts = {flag: outcome.warnings.get(flag, 0) + 1 for flag in flags}
            self.outcomes[position] = replace(outcome, warnings=outcome.warnings | counts)
        self._flags = {}

    def _days_of(self, checked: CheckedFile) -> Days:
        if not checked.vendor.part or self._days != "complete":
            return self._days
        return "part" if checked.vendor.table == CHAINS.name else "update"

    def _rows_of(self, units: pl.DataFrame) -> pl.DataFrame:
        """The pending rows of these units; a frame without columns if there are none."""
        numbers = {number for unit in units.iter_rows() for number in self._of_unit.get(unit, [])}
        rows = [self._pending[number].checked.rows_of(units) for number in sorted(numbers)]
        return pl.concat(rows) if rows else pl.DataFrame()

    def _shared(self, checked: CheckedFile) -> pl.DataFrame:
        """The units of a file that pending files have too."""
        units = checked.units.select(SNAPSHOT_KEY)
        return units.filter(pl.Series([unit in self._of_unit for unit in units.iter_rows()], dtype=pl.Boolean))

    def _fits(self, checked: CheckedFile) -> bool:
        """Whether a file can be written together with the pending files: same table and kind, no common contracts."""
        vendor, other = checked.vendor, self._pending[0].checked.vendor
        if checked.spilled or (other.table, other.part) != (vendor.table, vendor.part):
            return False
        shared = self._shared(checked)
        if not shared.height:
            return True
        if vendor.table != CHAINS.name or self._days == "replace":
            return False
        pending, coming = self._rows_of(shared), checked.rows_of(shared)
        lags = pl.concat([pending["oi_lag"], coming["oi_lag"]]).drop_nulls().n_unique()
        return lags <= 1 and not coming.join(pending, on=list(CONTRACT_KEY), how="semi").height

    def _store(self, files: Sequence[PendingFile]) -> None:
        """Write files in one commit; if some are refused, write the others."""
        try:
            written = self._writer.write(files)
        except UnitsRefusedError as error:
            self._refuse(files, error.refusals)
            return
        for file in files:
            new_actions = file.position in written.new_actions
            self.outcomes[file.position] = _outcome(file, written.rows, alone=len(files) == 1, new_actions=new_actions)
            self._note_flags(file)

    def _refuse(self, files: Sequence[PendingFile], refusals: Sequence[Refusal]) -> None:
        if len(files) == 1:
            (only,) = files
            table = only.checked.vendor.table
            names = {unit: self._writer.names_of_day(table, *unit) for unit in only.units}
            self.outcomes[only.position] = _rejected(only.checked, refusals, names)
            return
        refused = {(one.symbol, one.date) for one in refusals}
        others = [file for file in files if refused.isdisjoint(file.units)]
        if others:
            self._store(others)
        for file in files:
            if file not in others:
                self._store([file])

    def _note_flags(self, file: PendingFile) -> None:
        """Keep the warnings about each day from the last of its files, which knows the whole day."""
        for unit in file.units:
            self._flags.pop(unit, None)
        for row in file.checked.days.iter_rows(named=True):
            flags = tuple(flag.upper() for flag in DAY_FLAGS if row[flag])
            if flags:
                self._flags[row["symbol"], row["date"]] = (file.position, flags)


def _rejected(checked: CheckedFile, refusals: Sequence[Refusal], names: Mapping[Unit, Sequence[str]]) -> FileOutcome:
    """A refused file with the first reason; `names` are the earlier files of the same command that have the days."""
    first = refusals[0]
    reason = first.reason
    if first.code == "DAY_IN_TWO_FILES":
        name, *others = names[first.symbol, first.date]
        more = f" and {len(others):,} more of these files" if others else ""
        reason = f"{first.symbol} on {first.date} is also in {name}{more}: {reason}"
    if len(refusals) > 1:
        reason += f"; {len(refusals) - 1:,} more days of the file are refused"
    return FileOutcome(str(checked.source), "rejected", f"{first.code}: {reason}")


def _outcome(file: PendingFile, written: WriteOutcome, *, alone: bool, new_actions: bool) -> FileOutcome:
    checked = file.checked
    units = checked.units.join(written.states, on=list(SNAPSHOT_KEY), how="left")
    unchanged = int(units.filter(pl.col("state") == "unchanged")["rows"].sum())
    changed = units.filter(pl.col("state") == "restated").select(SNAPSHOT_KEY)
    counts, older = {}, 0
    if written.given.height:
        given = written.given.join(units, on=list(SNAPSHOT_KEY), how="semi")
        if not alone and "root" in given.columns:
            # other files of the batch may have other contracts of the same days
            given = given.join(checked.rows_of(units.select(SNAPSHOT_KEY)), on=list(CONTRACT_KEY), how="semi")
        older = int(given.filter(pl.col("state") == "not taken")["rows"].sum())
        given = given.join(changed, on=list(SNAPSHOT_KEY), how="semi")
        counts = dict(given.group_by("state").agg(pl.col("rows").sum()).iter_rows())
    unchanged += counts.get("same", 0) + counts.get("not taken", 0)
    kept = int(units["rows"].sum())
    changes = {"RESTATED": counts.get("restated", 0), "DROPPED": counts.get("dropped", 0), "NOT_TAKEN": older}
    changes_nothing = unchanged == kept and not changes["DROPPED"] and not new_actions
    return FileOutcome(
        path=str(checked.source),
        status="unchanged" if changes_nothing else "committed",
        rows_in=checked.rows_in,
        committed=kept - unchanged,
        quarantined=checked.rejected.height,
        duplicates=checked.duplicates + unchanged,
        warnings=checked.warnings | {code: n + checked.warnings.get(code, 0) for code, n in changes.items() if n},
        format=checked.vendor.name,
        set_aside=[one.document() for one in checked.set_aside()],
        missing_columns=checked.missing_columns,
        actions=checked.actions.height,
    )
