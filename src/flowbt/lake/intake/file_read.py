"""One vendor file, from its bytes to rows that can be stored, or the reason why not.

1. `open_file` tells what kind of file it is; `recognise` which format and layout, unless the user names the format.
2. Block by block, `to_our_columns` puts its columns under our names and `judge` makes values of them.
3. When all blocks are in, `settle` looks at whole days: copies, contradictions, days that are no session or the day before
   once more, columns that hold only a placeholder. A file is refused before anything of it is stored.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, count
from typing import Final, TypeVar

import polars as pl

from flowbt.errors import RejectedFileError, UnknownFormatError
from flowbt.lake.flags import contract_flags, impossible_lasts
from flowbt.lake.intake.bar_actions import settled_actions
from flowbt.lake.intake.block_checks import judge_block
from flowbt.lake.intake.date_order import with_known_dates
from flowbt.lake.intake.day_checks import NO_DAYS, check_days, set_aside_closed
from flowbt.lake.intake.day_in_path import DayInPath
from flowbt.lake.intake.previous_days import NO_CONTRACTS, Recent
from flowbt.lake.intake.quality import (
    KEYS,
    REJECTED,
    REPEATED_HEADER,
    SUPERSEDED,
    Sifted,
    counted,
    rejected_rows,
    settle,
)
from flowbt.lake.intake.remedies import SetAside, too_many, unread_group
from flowbt.lake.intake.repairs import Unrepaired
from flowbt.lake.intake.runs import in_runs
from flowbt.lake.intake.sentinels import NO_SUSPECTS, affected, emptied, restated, suspects, without
from flowbt.lake.intake.spill_buffer import Gathered
from flowbt.lake.intake.stated_totals import Totals
from flowbt.lake.intake.symbol_exchanges import ExchangeOf
from flowbt.lake.intake.tape import CANCELED
from flowbt.lake.reading import OpenFile, Source, open_file
from flowbt.lake.reading.ahead import ahead, side_by_side
from flowbt.lake.vendors import FORMATS, Layout, ReadOptions, VendorFormat
from flowbt.lake.vendors.base import Take, believing
from flowbt.lake.vendors.columns import COLUMNS
from flowbt.lake.vendors.recognise import check_columns, layout_of, recognise
from flowbt.lake.vendors.symbol_in_name import share_classes
from flowbt.lake.vendors.translate import ROW, filled_in, said_outside, to_our_columns
from flowbt.schema import CONTRACT_KEY, CORPORATE_ACTIONS, JUDGED_BY_DAY, SNAPSHOT_KEY, spell_symbol

T = TypeVar("T")
NO_FAULTS = (CANCELED, SUPERSEDED, REPEATED_HEADER)
"""Reasons for which a row is set aside without being bad."""
FEW_BAD = 1
"""So many bad rows never reject a file of which more than half are good: a share of 5% would reject five rows for one of them."""

STRAY_SHARE: Final = 0.05
"""Chains of days that are no session are set aside if they are no more than this share of the rows; else the file is refused."""


@dataclass
class FileRead:
    """A file's rows, sorted out; nothing of it is stored yet.

    Attributes:
        source: the file.
        vendor: its format.
        rows_in: contract rows (bars, executions, actions) in the file.
        rejected: `flowbt.lake.intake.quality.REJECTED`.
        duplicates: rows that were exact copies of another.
        warnings: how many rows bear each warning.
        units: `symbol, date, rows`.
        days: the flags of its snapshots (`flowbt.lake.intake.day_checks.DAY_FLAGS`), judged with their contracts that were known before.
        suspects: columns of its snapshots that seem to hold only a placeholder (`flowbt.lake.intake.sentinels`).
        layout: how the file is written, with what the user specified.
        take: which of several rows of a contract and day to keep.
        spelled: our columns that are one column of the file as it stands, by its name.
        missing_columns: columns that files of this layout always have and this one does not, ours to theirs.
        actions: dividends and splits that came with its bars (`flowbt.schema.CORPORATE_ACTIONS`).
        warning: a code that all of its rows bear.
        exchange_of: whose sessions the days of each symbol are.
        others: rows of other symbols than the one asked for.
    """

    source: Source
    vendor: VendorFormat
    layout: Layout
    take: Take | None = None
    spelled: dict[str, str] = field(default_factory=dict)
    missing_columns: dict[str, str] = field(default_factory=dict)
    rows_in: int = 0
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTED))
    duplicates: int = 0
    warnings: dict[str, int] = field(default_factory=dict)
    units: pl.DataFrame = field(default_factory=pl.DataFrame)
    days: pl.DataFrame = field(default_factory=lambda: NO_DAYS)
    suspects: pl.DataFrame = field(default_factory=lambda: NO_SUSPECTS)
    actions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CORPORATE_ACTIONS))
    warning: str = ""
    _actions: list[pl.DataFrame] = field(default_factory=list)
    exchange_of: ExchangeOf = field(default_factory=ExchangeOf)
    others: int = 0
    _gathered: Gathered = field(init=False)
    _settled: pl.DataFrame | None = None
    _kept: set[int] = field(default_factory=set)
    _any_day: bool = False
    _max_quarantine: float = 1.0
    _unrepaired: dict[tuple[str, str], Unrepaired] = field(default_factory=dict)
    _midnights: set[tuple[str, bool]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._gathered = Gathered(KEYS.get(self.vendor.table, ("date", "symbol")))

    @property
    def spilled(self) -> bool:
        """Whether it is too large to be stored at once."""
        return self._gathered.several

    def in_advance(self, items: Iterator[T]) -> Iterator[T]:
        """What is made of the groups, one group in advance unless they are too large to hold two of them."""
        return items if self._gathered.on_disk else ahead(items)

    def groups(self, *, last: bool = False) -> Iterator[pl.DataFrame]:
        """The rows to store, in groups of whole days, each in stored order.

        Args:
            last: release each group of a file that is larger than memory; they cannot be requested again.
        """
        if self._settled is not None:
            yield self._settled.drop(ROW)
        else:
            yield from map(self._to_store, self._groups_settled(last=last))

    def _to_store(self, group: pl.DataFrame) -> pl.DataFrame:
        return without(group, self.suspects)[0].drop(ROW)

    def _groups_settled(self, *, last: bool = False) -> Iterator[pl.DataFrame]:
        def settled(number: int, group: pl.DataFrame) -> pl.DataFrame:
            return group if number in self._kept else self._settle(group).kept

        return map(settled, count(), self._gathered.groups(last=last))

    def settle(self, recent: Recent, max_quarantine: float, *, any_day: bool, whole_days: bool = False) -> None:
        """Judge whole days.

        Args:
            recent: the snapshots before them, and what is already known of them.
            max_quarantine: the largest share of rows that may be rejected.
            any_day: accept days that are not sessions.
            whole_days: the user specified that the file has whole days.

        Raises:
            RejectedFileError: a day that is refused, or too many rows that are.
        """
        self._any_day, self._max_quarantine = any_day, max_quarantine
        parts: list[Sifted] = []
        units, days = [], [NO_DAYS]
        # one group at a time is in memory: nothing here (nor `enumerate`, nor a loop of a generator) may hold the one before
        for sifted in self.in_advance(map(self._settle, self._gathered.groups())):
            number = len(parts)
            units.append(_units(sifted.kept))
            if self.vendor.table == "chains":
                days.append(self._check_days(sifted.kept, units[-1], recent, whole_days=whole_days))
            if self._gathered.keep(number, sifted.kept):
                self._kept.add(number)
            if not self.spilled:
                self._settled = sifted.kept
            self._warn(sifted.warnings)
            parts.append(replace(sifted, kept=sifted.kept.clear()))
            del sifted
        self.units = pl.concat(units).group_by(SNAPSHOT_KEY, maintain_order=True).agg(pl.col("rows").sum())
        self.days = pl.concat(days)
        self.actions = settled_actions(self._actions, self.exchange_of.of, any_day=any_day)
        if self.warning and self.units.height:
            self._warn({self.warning: int(self.units["rows"].sum())})
        self.duplicates += sum(part.duplicates for part in parts)
        self.rejected = pl.concat([self.rejected, *(part.rejected for part in parts)])
        self._check_share()
        if self.spilled and self.suspects.height:
            # the groups are on disk, so they are read again
            self._without_suspects(self._groups_settled())

    def without_suspects(self, of_days: pl.DataFrame) -> None:
        """Set placeholders to null and set rows without other data aside.

        Args:
            of_days: `symbol, date, what` of the columns that are judged by the whole day, all waiting files together.

        Raises:
            RejectedFileError: too many rows are set aside.
        """
        if self._settled is None:
            return
        own = self.suspects.filter(~pl.col("what").is_in(JUDGED_BY_DAY))
        self.suspects = pl.concat([own, of_days.join(self.units, on=list(SNAPSHOT_KEY), how="semi")])
        if self.suspects.height:
            self._settled = self._without_suspects([self._settled])

    def rows_of(self, units: pl.DataFrame) -> pl.DataFrame:
        """Its rows of these days (`symbol, date`); none if it is not held in memory."""
        if self._settled is None:
            return pl.DataFrame()
        return self._settled.join(units, on=list(SNAPSHOT_KEY), how="semi").drop(ROW)

    def _check_days(self, rows: pl.DataFrame, units: pl.DataFrame, recent: Recent, *, whole_days: bool) -> pl.DataFrame:
        firsts = units.group_by("symbol").agg(pl.col("date").min())
        if not firsts.height:
            return NO_DAYS
        before, exchanges = recent.before(firsts), self.exchange_of.of(firsts["symbol"])
        held = NO_CONTRACTS if whole_days else recent.held(units.select(SNAPSHOT_KEY))
        again = restated(rows, held)
        rows = emptied(rows, again)
        days = check_days(rows, before, exchanges, any_day=self._any_day, held=held)

        def last_with(what: str, units: pl.DataFrame) -> pl.DataFrame:
            return recent.last_with(what, before.snapshots.join(units, on="symbol", how="semi"))

        found = suspects(rows, days.contracts, last_with, exchanges)
        self.suspects = pl.concat([self.suspects, again, found])
        facts = days.facts.select("symbol", "date", "strikes", "underlying_price")
        recent.add(emptied(days.contracts, found), facts)
        self._warn(_warnings(without(rows, self.suspects)[0]))
        return days.facts.select(NO_DAYS.columns)

    def _without_suspects(self, groups: Iterable[pl.DataFrame]) -> pl.DataFrame:
        """The last group with placeholders set to null; in every group, rows without other data are rejected."""
        units = []
        for group in groups:
            rows, empty = without(group, self.suspects)
            self.rejected = pl.concat([self.rejected, rejected_rows(empty.drop("reasons"), empty["reasons"])])
            self._warn(affected(group.join(empty, on=list(CONTRACT_KEY), how="anti"), self.suspects))
            units.append(_units(rows))
        self.units = pl.concat(units).group_by(SNAPSHOT_KEY, maintain_order=True).agg(pl.col("rows").sum())
        self._check_share()
        return rows

    def fill(self, file: OpenFile, names: Sequence[str], options: ReadOptions) -> None:
        """Read and judge the file block by block; `names` are those of its columns."""
        self.spelled, self.missing_columns = self.layout.spelled(names), self.layout.absent(names)
        if self.missing_columns:
            self.warnings["MISSING_COLUMN"] = len(self.missing_columns)
        totals, day = Totals(self.layout), DayInPath(self.source, self.layout, options, names)
        blocks = translated(file, self.source, self.vendor, self.layout, options)
        if (first := next(blocks, None)) is not None:
            self.layout = with_known_dates(self.layout, first[1], COLUMNS[self.vendor.table])
            judged = partial(
                judge_block,
                vendor=self.vendor,
                layout=self.layout,
                symbol=options.symbol,
                classes=share_classes(self.source.place),
                exchange_of=self.exchange_of,
            )
            for one in side_by_side(judged, chain([first], blocks)):
                self.rows_in += one.rows_in
                self.others += one.others
                self.add(one.sifted)
                self.add_actions(one.actions)
                totals.add(one.block, one.sifted.kept)
                day.add(one.block, one.sifted.kept)
        day.check()
        if differing := totals.differing():
            self.warnings["HEADER_TOTALS_DIFFER"] = differing

    def add(self, sifted: Sifted) -> None:
        """Take in a block."""
        self._gathered.add(sifted.kept)
        self.rejected = pl.concat([self.rejected, sifted.rejected])
        self.duplicates += sifted.duplicates
        self._midnights |= sifted.midnights
        self._warn(sifted.warnings)
        for one in sifted.unrepaired:
            before = self._unrepaired.get((one.column, one.repair))
            self._unrepaired[one.column, one.repair] = before.joined(one) if before else one

    @property
    def mixed_midnights(self) -> frozenset[str]:
        """Columns of moments that are all at midnight in one block, and not in another."""
        return frozenset(name for name, all_of_them in self._midnights if (name, not all_of_them) in self._midnights)

    def add_actions(self, actions: pl.DataFrame) -> None:
        """Take in the dividends and splits of a block of bars."""
        if actions.height:
            self._actions.append(actions)

    def _settle(self, group: pl.DataFrame) -> Sifted:
        table = self.vendor.table
        sifted = Sifted(group, self.rejected.clear()) if table == "prints" else settle(group, table, self.take)
        if not self._any_day:
            of_sessions = set_aside_closed(
                sifted, self.exchange_of.of(in_runs(sifted.kept, ["symbol"])[0]["symbol"].unique())
            )
            # a year of chains may have stray rows on a holiday; if there are more, the file's dates are not to be trusted
            few = sifted.kept.height - of_sessions.kept.height <= STRAY_SHARE * sifted.kept.height
            sifted = of_sessions if few or table != "chains" else sifted
        return sifted

    def _warn(self, warnings: dict[str, int]) -> None:
        for code, n in warnings.items():
            self.warnings[code] = self.warnings.get(code, 0) + n

    def _check_share(self) -> None:
        max_quarantine = self._max_quarantine
        for group in self._unrepaired.values():
            if group.cells > max_quarantine * (group.cells + group.read):
                raise RejectedFileError("UNREADABLE_NUMBERS", unread_group(group, self.spelled))
        bad = self.rejected.filter(~pl.col("reason").is_in(NO_FAULTS)).height
        few = max_quarantine > 0 and bad <= FEW_BAD and bad < self.rows_in / 2
        if bad > max_quarantine * self.rows_in and not few:
            raise RejectedFileError("TOO_MANY_BAD_ROWS", too_many(bad, self.rows_in, self.set_aside()))

    def set_aside(self) -> list[SetAside]:
        """The reasons for which rows were set aside, the most frequent first, each with its first row and a remedy."""
        return SetAside.of(self.rejected.filter(~pl.col("reason").is_in(NO_FAULTS)), self.spelled)


def read_file(
    source: Source,
    vendor: VendorFormat | None,
    options: ReadOptions,
    formats: Sequence[VendorFormat] = tuple(FORMATS.values()),
    *,
    named: bool = False,
    remembered: Mapping[str, str] | None = None,
) -> FileRead:
    """Read a file, of this format or of the one that recognises it.

    Args:
        source: the file.
        vendor: its format; None recognises it.
        options: what the user says of it.
        formats: those that may recognise it.
        named: the symbol asked for is the name of another file, so one that is named after a symbol is of that symbol.
        remembered: the exchanges that the lake has on file, by symbol.

    Raises:
        RejectedFileError: a file that cannot be used at all.
        FlowbtError: one that cannot be opened.
    """
    file = open_file(source)
    vendor, layout = recognised(file, source, formats) if vendor is None else (vendor, layout_of(file, vendor))
    check_columns(file, layout)
    layout = believing(options, vendor, layout)
    names = file.names(layout.shape)
    if named and (own := spell_symbol(said_outside(source, layout, ReadOptions()).get("symbol", ""))):
        held = layout.chosen(names)
        if own != options.symbol and not {"symbol", "contract"} & set(held):
            raise RejectedFileError(
                "NO_SUCH_SYMBOL", f"the file is named after {own}, and you ask for {options.symbol}"
            )
    exchange_of = ExchangeOf(options.exchange, vendor.exchange, remembered or {})
    read = FileRead(source, vendor, layout, options.take, exchange_of=exchange_of)
    read.fill(file, names, options)
    if mixed := read.mixed_midnights:
        # only the whole file shows what midnight means in it: at the first reading each block decided by itself
        layout = replace(layout, moments=mixed)
        read = FileRead(source, vendor, layout, options.take, exchange_of=exchange_of)
        read.fill(file, names, options)
    if not read.rows_in:
        if read.others:
            raise RejectedFileError("NO_SUCH_SYMBOL", f"the file has no rows of {options.symbol}")
        raise RejectedFileError("EMPTY", "there are no rows in the file")
    read.warning = layout.warning
    return read


def recognised(file: OpenFile, source: Source, formats: Iterable[VendorFormat]) -> tuple[VendorFormat, Layout]:
    """The one format, and its layout, of which the file has the columns.

    Raises:
        UnknownFormatError: with a starter mapping for the file.
    """
    try:
        return recognise(file, formats)
    except UnknownFormatError as error:
        from flowbt.lake.vendors.starter import starter_mapping  # noqa: PLC0415 (rarely needed)

        error.starter = starter_mapping(file, source.name)
        raise


def translated(
    file: OpenFile, source: Source, vendor: VendorFormat, layout: Layout, options: ReadOptions
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Each block of the file as it is, and under our names with what its format says of all rows."""
    columns = COLUMNS[vendor.table]
    said = said_outside(source, layout, options)
    number = 1
    shape = replace(layout.shape, read=frozenset(layout.reads()))
    if vendor.table != "prints":
        iso, codes = layout.iso_dates(columns), layout.codes()
        shape = replace(shape, numbers=layout.numbers(columns), days=layout.days(columns), iso=iso, codes=codes)
    blocks = file.blocks(shape)
    if vendor.table == "prints" and "id" in layout.chosen(file.names(layout.shape)):
        # what one row says of an execution may be taken back by another, anywhere in the file
        blocks = iter([pl.concat(blocks)])
    for block in blocks:
        text = to_our_columns(block, layout, said, columns, number)
        number += block.height
        yield block, filled_in(text, vendor, layout, options)


def _warnings(kept: pl.DataFrame) -> dict[str, int]:
    flags = {name.upper(): flag for name, flag in contract_flags().items()}
    flags |= {"MISSING_UNDERLYING": pl.col("underlying_price").is_null()}
    with_last = kept.filter(pl.col("last") > 0, (pl.col("volume") > 0).fill_null(value=True))
    return counted(kept, flags) | counted(with_last, {"IMPOSSIBLE_LAST": impossible_lasts()})


def _units(kept: pl.DataFrame) -> pl.DataFrame:
    snapshots, lengths = in_runs(kept, SNAPSHOT_KEY)
    rows = snapshots.with_columns(lengths.cast(pl.Int64).alias("rows"))
    return rows.group_by(SNAPSHOT_KEY, maintain_order=True).agg(pl.col("rows").sum())
