"""The rows of one vendor file, checked and not yet stored.

`read_file` (`flowbt.lake.intake.read_file`) adds the rows block by block. When all blocks are in, `CheckedFile.check_days` checks whole
days: copies, contradictions, days without a session, days that repeat the day before, columns that contain only a placeholder.
A file is refused before any of its rows is stored.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final, TypeVar

import polars as pl

from flowbt.lake.intake.bar_actions import settled_actions
from flowbt.lake.intake.day_checks import NO_DAYS, set_aside_closed
from flowbt.lake.intake.previous_days import PreviousDays
from flowbt.lake.intake.quality import KEYS, CheckedRows, unique_rows
from flowbt.lake.intake.rejected_rows import REJECTED, rejected_rows
from flowbt.lake.intake.rejection_limit import check_rejected, reasons_set_aside
from flowbt.lake.intake.remedies import SetAside
from flowbt.lake.intake.repairs import Unrepaired
from flowbt.lake.intake.runs import in_runs
from flowbt.lake.intake.sentinels import NO_PLACEHOLDERS, count_affected, without_placeholders
from flowbt.lake.intake.snapshot_checks import check_snapshots
from flowbt.lake.intake.spill_buffer import SpillBuffer
from flowbt.lake.intake.symbol_exchanges import SymbolExchanges
from flowbt.lake.parallel import prefetch
from flowbt.lake.reading import Source
from flowbt.lake.vendors import Layout, VendorFormat
from flowbt.lake.vendors.translate import ROW
from flowbt.lake.vendors.vendor_format import Take
from flowbt.schema import CONTRACT_KEY, CORPORATE_ACTIONS, JUDGED_BY_DAY, SNAPSHOT_KEY

T = TypeVar("T")
STRAY_SHARE: Final = 0.05
"""Chains of days without a session are set aside if they are at most this share of the rows. If there are more, the file is refused."""


@dataclass
class CheckedFile:
    """A file's rows with the results of all checks; nothing is stored yet.

    Attributes:
        source: the file.
        vendor: its format.
        layout: how the file is written, with the user's options.
        take: which of several rows of a contract and day to keep; None: contradictory rows are set aside.
        plain_columns: our columns to the file's, where one column is taken over unchanged.
        missing_columns: columns that files of this layout always have and this file lacks, ours to theirs.
        rows_in: number of contract rows (bars, executions, actions) in the file.
        rejected: rows that are not kept (`flowbt.lake.intake.rejected_rows.REJECTED`).
        duplicates: number of rows that were exact copies of another row.
        warnings: number of rows for each warning code.
        units: `symbol, date, rows` of its days.
        days: the flags of its snapshots (`flowbt.lake.intake.day_checks.DAY_FLAGS`), based on all known contracts of each day.
        placeholders: columns of its snapshots that contain only a placeholder (`flowbt.lake.intake.sentinels`).
        actions: dividends and splits from its price bars (`flowbt.schema.CORPORATE_ACTIONS`).
        warning: a warning code for all of its rows; empty: none.
        exchange_of: the exchange of each symbol, whose sessions apply.
        others: number of rows of other symbols than the one that the user chose.
    """

    source: Source
    vendor: VendorFormat
    layout: Layout
    take: Take | None = None
    plain_columns: dict[str, str] = field(default_factory=dict)
    missing_columns: dict[str, str] = field(default_factory=dict)
    rows_in: int = 0
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTED))
    duplicates: int = 0
    warnings: dict[str, int] = field(default_factory=dict)
    units: pl.DataFrame = field(default_factory=pl.DataFrame)
    days: pl.DataFrame = field(default_factory=lambda: NO_DAYS)
    placeholders: pl.DataFrame = field(default_factory=lambda: NO_PLACEHOLDERS)
    actions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CORPORATE_ACTIONS))
    warning: str = ""
    _actions: list[pl.DataFrame] = field(default_factory=list)
    exchange_of: SymbolExchanges = field(default_factory=SymbolExchanges)
    others: int = 0
    _buffer: SpillBuffer = field(init=False)
    _rows: pl.DataFrame | None = None
    _checked_groups: set[int] = field(default_factory=set)
    _any_day: bool = False
    _max_quarantine: float = 1.0
    _unrepaired: dict[tuple[str, str], Unrepaired] = field(default_factory=dict)
    _midnights: set[tuple[str, bool]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._buffer = SpillBuffer(KEYS.get(self.vendor.table, ("date", "symbol")))

    @property
    def spilled(self) -> bool:
        """Whether the file is too large to be stored at once."""
        return self._buffer.several

    @property
    def mixed_midnights(self) -> frozenset[str]:
        """Columns of moments that are all at midnight in one block, and not in another."""
        return frozenset(name for name, all_midnight in self._midnights if (name, not all_midnight) in self._midnights)

    def add(self, block: CheckedRows) -> None:
        """Add the checked rows of a block."""
        self._buffer.add(block.kept)
        self.rejected = pl.concat([self.rejected, block.rejected])
        self.duplicates += block.duplicates
        self._midnights |= block.midnights
        self._warn(block.warnings)
        for group in block.unrepaired:
            before = self._unrepaired.get((group.column, group.repair))
            self._unrepaired[group.column, group.repair] = before.joined(group) if before else group

    def add_actions(self, actions: pl.DataFrame) -> None:
        """Add the dividends and splits of a block of price bars."""
        if actions.height:
            self._actions.append(actions)

    def check_days(
        self, previous: PreviousDays, max_quarantine: float, *, any_day: bool, whole_days: bool = False
    ) -> None:
        """Check whole days, after all blocks were added.

        Args:
            previous: the snapshots before the file's days, and what is already known about these days.
            max_quarantine: the largest share of rows that may be rejected, 0 to 1.
            any_day: accept days without a session.
            whole_days: the user specified that the file has whole days.

        Raises:
            RejectedFileError: a day is refused, or too many rows are.
        """
        self._any_day, self._max_quarantine = any_day, max_quarantine
        parts: list[CheckedRows] = []
        units, days = [], [NO_DAYS]
        # only one group is in memory at a time: nothing here (nor `enumerate`, nor a loop of a generator) may keep a reference to an earlier one
        for group in self.in_advance(map(self._checked_group, self._buffer.groups())):
            units.append(_units(group.kept))
            if self.vendor.table == "chains":
                checks = check_snapshots(
                    group.kept, units[-1], previous, self.exchange_of, any_day=any_day, whole_days=whole_days
                )
                days.append(checks.days)
                self.placeholders = pl.concat([self.placeholders, checks.placeholders])
                self._warn(checks.warnings)
            if self._buffer.keep(len(parts), group.kept):
                self._checked_groups.add(len(parts))
            if not self.spilled:
                self._rows = group.kept
            self._warn(group.warnings)
            parts.append(replace(group, kept=group.kept.clear()))
            del group
        self.units = pl.concat(units).group_by(SNAPSHOT_KEY, maintain_order=True).agg(pl.col("rows").sum())
        self.days = pl.concat(days)
        self.actions = settled_actions(self._actions, self.exchange_of.of, any_day=any_day)
        if self.warning and self.units.height:
            self._warn({self.warning: int(self.units["rows"].sum())})
        self.duplicates += sum(part.duplicates for part in parts)
        self.rejected = pl.concat([self.rejected, *(part.rejected for part in parts)])
        self._check_rejected()
        if self.spilled and self.placeholders.height:
            # the groups are on disk, so they are read again
            self._drop_placeholders(self._all_checked_groups())

    def drop_placeholders(self, of_days: pl.DataFrame) -> None:
        """Set placeholders to null, and set rows without other data aside.

        Args:
            of_days: `symbol, date, what` of the columns that are decided for the whole day, from all pending files together.

        Raises:
            RejectedFileError: too many rows are set aside.
        """
        if self._rows is None:
            return
        own = self.placeholders.filter(~pl.col("what").is_in(JUDGED_BY_DAY))
        self.placeholders = pl.concat([own, of_days.join(self.units, on=list(SNAPSHOT_KEY), how="semi")])
        if self.placeholders.height:
            self._rows = self._drop_placeholders([self._rows])

    def groups(self, *, last: bool = False) -> Iterator[pl.DataFrame]:
        """The rows to store, in groups of whole days, each in stored order.

        Args:
            last: release each group of a file that is larger than memory; the groups cannot be requested again.
        """
        if self._rows is not None:
            yield self._rows.drop(ROW)
        else:
            yield from map(self._to_store, self._all_checked_groups(last=last))

    def in_advance(self, items: Iterator[T]) -> Iterator[T]:
        """Results computed from the groups, the next one in advance unless two groups are too large for memory."""
        return items if self._buffer.on_disk else prefetch(items)

    def rows_of(self, units: pl.DataFrame) -> pl.DataFrame:
        """The rows of these days (`symbol, date`); an empty frame if the file is not in memory."""
        if self._rows is None:
            return pl.DataFrame()
        return self._rows.join(units, on=list(SNAPSHOT_KEY), how="semi").drop(ROW)

    def set_aside(self) -> list[SetAside]:
        """The reasons for which rows were set aside, the most frequent first, each with its first row and a remedy."""
        return reasons_set_aside(self.rejected, self.plain_columns)

    def _to_store(self, group: pl.DataFrame) -> pl.DataFrame:
        return without_placeholders(group, self.placeholders)[0].drop(ROW)

    def _all_checked_groups(self, *, last: bool = False) -> Iterator[pl.DataFrame]:
        def checked(number: int, group: pl.DataFrame) -> pl.DataFrame:
            return group if number in self._checked_groups else self._checked_group(group).kept

        return map(checked, count(), self._buffer.groups(last=last))

    def _checked_group(self, group: pl.DataFrame) -> CheckedRows:
        """The unique rows of a group of whole days, without stray rows of days without a session."""
        table = self.vendor.table
        rows = CheckedRows(group, self.rejected.clear()) if table == "prints" else unique_rows(group, table, self.take)
        if not self._any_day:
            symbols = in_runs(rows.kept, ["symbol"])[0]["symbol"].unique()
            of_sessions = set_aside_closed(rows, self.exchange_of.of(symbols))
            # a year of chains may have stray rows on a holiday; if there are many, the file's dates are not reliable
            few = rows.kept.height - of_sessions.kept.height <= STRAY_SHARE * rows.kept.height
            rows = of_sessions if few or table != "chains" else rows
        return rows

    def _drop_placeholders(self, groups: Iterable[pl.DataFrame]) -> pl.DataFrame:
        """The last group with placeholders set to null; in every group, rows without other data are rejected."""
        units = []
        for group in groups:
            rows, empty = without_placeholders(group, self.placeholders)
            self.rejected = pl.concat([self.rejected, rejected_rows(empty.drop("reasons"), empty["reasons"])])
            self._warn(count_affected(group.join(empty, on=list(CONTRACT_KEY), how="anti"), self.placeholders))
            units.append(_units(rows))
        self.units = pl.concat(units).group_by(SNAPSHOT_KEY, maintain_order=True).agg(pl.col("rows").sum())
        self._check_rejected()
        return rows

    def _warn(self, warnings: dict[str, int]) -> None:
        for code, n in warnings.items():
            self.warnings[code] = self.warnings.get(code, 0) + n

    def _check_rejected(self) -> None:
        check_rejected(self.rejected, self.rows_in, self._unrepaired.values(), self.plain_columns, self._max_quarantine)


def _units(kept: pl.DataFrame) -> pl.DataFrame:
    snapshots, lengths = in_runs(kept, SNAPSHOT_KEY)
    rows = snapshots.with_columns(lengths.cast(pl.Int64).alias("rows"))
    return rows.group_by(SNAPSHOT_KEY, maintain_order=True).agg(pl.col("rows").sum())
