"""Write pending files to the lake: the rows in one commit, after the quarantined rows, the exchanges and the corporate actions.

A file larger than memory is written one group of days at a time. If a file is refused, nothing of it may be stored, not even its
quarantined rows, so files that might be refused are checked in a dry run first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from flowbt.errors import LakeError
from flowbt.lake.delta.tables import CHAINS
from flowbt.lake.intake.dry_run import DryRunCopy
from flowbt.lake.intake.merge import UnitsRefusedError
from flowbt.lake.intake.pending_files import (
    PendingFile,
    exchanges_of,
    groups_of,
    note_of,
    stale_in,
    unknown_in,
)
from flowbt.lake.intake.write_days import NO_UNITS, WriteOutcome, write_days
from flowbt.lake.store import Lake
from flowbt.schema import SNAPSHOT_KEY


@dataclass(frozen=True)
class Written:
    """The outcome for files that were written together.

    Attributes:
        rows: what became of the days and their rows.
        new_actions: positions of the files with dividends or splits that the lake did not have.
    """

    rows: WriteOutcome
    new_actions: frozenset[int]


class FileWriter:
    """Writes files of one ingest command and remembers which file had which day.

    Args:
        lake: the lake to write to.
        dry_run: apply the rules and write nothing to the lake.
    """

    def __init__(self, lake: Lake, *, dry_run: bool) -> None:
        self.dry_run_copy = DryRunCopy(lake) if dry_run else None
        self._lake = lake
        self._target = lake if self.dry_run_copy is None else self.dry_run_copy.lake
        self._names: dict[tuple[str, str, date], list[str]] = {}

    def names_of_day(self, table: str, symbol: str, day: date) -> Sequence[str]:
        """The files of this command that had rows of a day and were written before."""
        return self._names.get((table, symbol, day), [])

    def write(self, files: Sequence[PendingFile]) -> Written:
        """Write files of one table together.

        Raises:
            UnitsRefusedError: days that cannot be combined with the stored days; nothing was written.
        """
        if self.dry_run_copy is not None:
            for file in files:
                self.dry_run_copy.copy_days(file.checked.vendor.table, file.checked.units)
        new_actions = frozenset(file.position for file in files if self._has_new_actions(file))
        if self._may_be_refused(files):
            self._write_rows(files, dry_run=True)
        if self.dry_run_copy is None:
            # quarantined rows come before the others: if the command is stopped in between, the file is not yet known and is ingested again
            self._quarantine(files)
            # exchanges come before the rows, since rows are read by the sessions of their exchange
            self._lake.write_exchanges(self._new_exchanges(files))
            self._write_actions_of_bars(files)
        rows = self._write_rows(files, dry_run=False)
        for file in files:
            for unit in file.units:
                self._names.setdefault((file.checked.vendor.table, *unit), []).append(str(file.checked.source))
        return Written(rows, new_actions)

    def _may_be_refused(self, files: Sequence[PendingFile]) -> bool:
        """Whether files that need more than the one commit of their rows have days that the lake already has."""
        more = any(
            file.checked.spilled or file.checked.rejected.height or file.checked.actions.height for file in files
        )
        if not more and not self._new_exchanges(files):
            return False
        units = pl.concat([file.checked.units.select(SNAPSHOT_KEY) for file in files])
        if not units.height or files[0].checked.vendor.table != CHAINS.name:
            return True
        first, last = units.select(pl.col("date").min().alias("first"), pl.col("date").max().alias("last")).row(0)
        stored = self._target.strike_rows(SNAPSHOT_KEY, units["symbol"].unique().to_list(), first, last)
        return bool(stored.join(units, on=list(SNAPSHOT_KEY), how="semi").height)

    def _write_rows(self, files: Sequence[PendingFile], *, dry_run: bool) -> WriteOutcome:
        """Write the rows of the files, or only apply the rules."""
        first, note, stale, unknown = files[0], note_of(files), stale_in(files), unknown_in(files)
        table = first.checked.vendor.table
        done: list[WriteOutcome] = []
        for rows in groups_of(files, last=not dry_run):
            units = rows.select(SNAPSHOT_KEY).unique()
            in_run = [(table, *unit) in self._names for unit in units.iter_rows()]
            same_run = units.filter(pl.Series(in_run, dtype=pl.Boolean))
            try:
                done.append(
                    write_days(
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
                        f"days of '{first.checked.source}' were changed by another writer while the file was written: ingest it again"
                    ) from None
                raise
            del rows  # otherwise it stays in memory until the next group is made
        return WriteOutcome(
            pl.concat([NO_UNITS.with_columns(state=pl.lit("", pl.String)), *(one.states for one in done)]),
            pl.concat([one.given for one in done], how="diagonal") if done else pl.DataFrame(),
        )

    def _has_new_actions(self, file: PendingFile) -> bool:
        """Whether the file has dividends or splits that are not stored yet."""
        actions = file.checked.actions
        return bool(actions.height and actions.join(self._lake.actions(), on=actions.columns, how="anti").height)

    def _write_actions_of_bars(self, files: Sequence[PendingFile]) -> None:
        """Write the dividends and splits that came with price bars."""
        actions = pl.concat([file.checked.actions for file in files])
        if actions.height:
            once = actions.unique((*SNAPSHOT_KEY, "kind"), keep="last", maintain_order=True)
            self._lake.write_actions(once, note_of(files))

    def _new_exchanges(self, files: Sequence[PendingFile]) -> Mapping[str, str]:
        """The exchanges of symbols for which the lake has none or another one on file."""
        on_file = self._lake.remembered_exchanges()
        return {symbol: exchange for symbol, exchange in exchanges_of(files).items() if on_file.get(symbol) != exchange}

    def _quarantine(self, files: Sequence[PendingFile]) -> None:
        rows = [
            checked.rejected.select(
                pl.lit(str(checked.source.absolute())).alias("file"),
                pl.lit(checked.vendor.name).alias("format"),
                pl.all(),
            )
            for checked in (file.checked for file in files)
            if checked.rejected.height
        ]
        if rows:
            self._lake.quarantine(pl.concat(rows))
