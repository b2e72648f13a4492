"""One vendor file, from its bytes to rows that can be stored, or the reason why not.

1. `open_file` tells what kind of file it is; `recognise` which format and layout, unless the user names the format.
2. Block by block, `to_our_columns` puts its columns under our names and `judge` makes values of them.
3. When all blocks are in, `settle` looks at whole days: copies, contradictions, days that are no session or the day before
   once more. A file is refused before anything of it is stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.cells import with_known_dates
from flowbt.lake.contract_symbols import plain
from flowbt.lake.days import check_days, set_aside_closed
from flowbt.lake.flags import contract_flags
from flowbt.lake.gathered import Gathered
from flowbt.lake.quality import KEYS, REJECTED, Sifted, counted, judge, settle
from flowbt.lake.reading import OpenFile, Source, open_file
from flowbt.lake.reading.ahead import side_by_side
from flowbt.lake.recent import Recent
from flowbt.lake.tape import CANCELED, sift_prints
from flowbt.lake.vendors import FORMATS, Layout, ReadOptions, VendorFormat
from flowbt.lake.vendors.base import OI_LAGS
from flowbt.lake.vendors.columns import COLUMNS
from flowbt.lake.vendors.recognise import check_columns, layout_of, recognise
from flowbt.lake.vendors.translate import ROW, said_outside, to_our_columns
from flowbt.schema import SNAPSHOT_KEY

HEADER_DIFFERS = 0.005
"""What a file says its rows add up to may be off by this share before it is noted."""

STRAY_SHARE = 0.05
"""Chains of days that are no session are set aside if they are no more than this share of the rows; else the file is refused."""


@dataclass
class FileRead:
    """A file's rows, sorted out; nothing of it is stored yet.

    Attributes:
        source: the file.
        vendor: its format.
        rows_in: contract rows (bars, executions, actions) in the file.
        rejected: `flowbt.lake.quality.REJECTED`.
        duplicates: rows that were exact copies of another.
        warnings: how many rows bear each warning.
        units: `symbol, date, rows`, and a number `digest` that any other rows of the day would almost surely change.
        stale: `symbol, date` of snapshots that repeat the open interest of the one before.
    """

    source: Source
    vendor: VendorFormat
    rows_in: int = 0
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTED))
    duplicates: int = 0
    warnings: dict[str, int] = field(default_factory=dict)
    units: pl.DataFrame = field(default_factory=pl.DataFrame)
    stale: pl.DataFrame = field(default_factory=pl.DataFrame)
    _gathered: Gathered = field(init=False)
    _settled: set[int] = field(default_factory=set)
    _any_day: bool = False

    def __post_init__(self) -> None:
        self._gathered = Gathered(KEYS.get(self.vendor.table, ("date", "symbol")))

    @property
    def spilled(self) -> bool:
        """Whether it is too large to be stored at once."""
        return self._gathered.several

    def groups(self) -> Iterator[pl.DataFrame]:
        """The rows to store, in groups of whole days, each in stored order; to be asked for once."""
        for number, group in enumerate(self._gathered.groups(last=True)):
            yield group if number in self._settled else self._settle(group).kept

    def settle(self, recent: Recent, max_quarantine: float, *, any_day: bool) -> None:
        """Judge whole days; what came before them is `recent`.

        Raises:
            RejectedFileError: a day that is refused, or too many rows that are.
        """
        self._any_day = any_day
        parts: list[Sifted] = []
        units, stale = [], []
        for number, group in enumerate(self._gathered.groups()):
            sifted = self._settle(group)
            if self.vendor.table == "chains":
                firsts = sifted.kept.group_by("symbol").agg(pl.col("date").min())
                if firsts.height:
                    days = check_days(sifted.kept, recent.before(firsts), self.vendor.exchange, any_day=any_day)
                    recent.add(sifted.kept, days.facts.select("symbol", "date", "strikes", "underlying_price"))
                    stale.append(days.stale())
                    self._warn({**days.warnings(), **_warnings(sifted.kept)})
            units.append(_units(sifted.kept))
            if self._gathered.keep(number, sifted.kept):
                self._settled.add(number)
            parts.append(replace(sifted, kept=sifted.kept.clear()))
        self.units = pl.concat(units)
        self.stale = pl.concat(stale) if stale else self.units.select(SNAPSHOT_KEY).clear()
        self.duplicates += sum(part.duplicates for part in parts)
        self.rejected = pl.concat([self.rejected, *(part.rejected for part in parts)])
        self._check_share(max_quarantine)

    def add(self, sifted: Sifted) -> None:
        """Take in a block."""
        self._gathered.add(sifted.kept)
        self.rejected = pl.concat([self.rejected, sifted.rejected])
        self.duplicates += sifted.duplicates
        self._warn(sifted.warnings)

    def _settle(self, group: pl.DataFrame) -> Sifted:
        table = self.vendor.table
        sifted = Sifted(group, self.rejected.clear()) if table == "prints" else settle(group, table)
        if not self._any_day:
            of_sessions = set_aside_closed(sifted, self.vendor.exchange)
            # a year of chains may have stray rows on a holiday; if there are more, the file's dates are not to be trusted
            few = sifted.kept.height - of_sessions.kept.height <= STRAY_SHARE * sifted.kept.height
            sifted = of_sessions if few or table != "chains" else sifted
        return replace(sifted, kept=sifted.kept.drop(ROW))

    def _warn(self, warnings: dict[str, int]) -> None:
        for code, n in warnings.items():
            self.warnings[code] = self.warnings.get(code, 0) + n

    def _check_share(self, max_quarantine: float) -> None:
        unusable = self.rejected.filter(pl.col("reason") != CANCELED)
        bad = unusable.height
        if bad > max_quarantine * self.rows_in:
            reasons = unusable["reason"].value_counts(sort=True).rows()[:3]
            listed = ", ".join(f"{n} {reason}" for reason, n in reasons)
            raise RejectedFileError(
                "TOO_MANY_BAD_ROWS", f"{bad} of {self.rows_in} rows cannot be used ({listed}); see --max-quarantine"
            )


def read_file(
    source: Source,
    vendor: VendorFormat | None,
    options: ReadOptions,
    formats: Sequence[VendorFormat] = tuple(FORMATS.values()),
    *,
    named: bool = False,
) -> FileRead:
    """Read a file, of this format or of the one that recognises it.

    Args:
        source: the file.
        vendor: its format; None recognises it.
        options: what the user says of it.
        formats: those that may recognise it.
        named: the symbol asked for is the name of another file, so one that is named after a symbol is of that symbol.

    Raises:
        RejectedFileError: a file that cannot be used at all.
        FlowbtError: one that cannot be opened.
    """
    file = open_file(source)
    vendor, layout = recognise(file, formats) if vendor is None else (vendor, layout_of(file, vendor))
    check_columns(file, layout)
    if named and (own := said_outside(source, layout, ReadOptions()).get("symbol", "").upper()):
        held = layout.chosen(file.names(layout.shape))
        if own != options.symbol and not {"symbol", "contract"} & set(held):
            raise RejectedFileError(
                "NO_SUCH_SYMBOL", f"the file is named after {own}, and you ask for {options.symbol}"
            )
    read = FileRead(source, vendor)
    totals = Totals(layout)
    others = 0
    blocks = translated(file, source, vendor, layout, options)
    if (first := next(blocks, None)) is not None:
        layout = with_known_dates(believing(options, layout), first[1], COLUMNS[vendor.table])
        judged = partial(_judged, vendor=vendor, layout=layout, symbol=options.symbol)
        for block, rows_in, of_others, sifted in side_by_side(judged, chain([first], blocks)):
            read.rows_in += rows_in
            others += of_others
            read.add(sifted)
            totals.add(block, sifted.kept)
    if not read.rows_in:
        if others:
            raise RejectedFileError("NO_SUCH_SYMBOL", f"the file has no rows of {options.symbol}")
        raise RejectedFileError("EMPTY", "there are no rows in the file")
    if differing := totals.differing():
        read.warnings["HEADER_TOTALS_DIFFER"] = differing
    return read


def _judged(
    translated: tuple[pl.DataFrame, pl.DataFrame], vendor: VendorFormat, layout: Layout, symbol: str | None
) -> tuple[pl.DataFrame, int, int, Sifted]:
    """A block as it is, how many of its rows are of the symbol asked for, how many of others, and the former, judged."""
    block, text = translated
    chosen = _of_symbol(text, symbol)
    sifted = sift_prints(chosen, layout) if vendor.table == "prints" else judge(chosen, vendor.table, layout)
    rows_in = chosen.height
    if symbol is not None and "symbol" not in text.columns:
        whole, sifted = sifted, _of_underlying(sifted, symbol)
        rows_in -= whole.kept.height - sifted.kept.height
    return block, rows_in, text.height - rows_in, sifted


def translated(
    file: OpenFile, source: Source, vendor: VendorFormat, layout: Layout, options: ReadOptions
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Each block of the file as it is, and under our names with what its format says of all rows."""
    columns = COLUMNS[vendor.table]
    said = said_outside(source, layout, options)
    number = 1
    shape = replace(layout.shape, read=frozenset(layout.reads()))
    if vendor.table != "prints":
        iso = not (layout.dates or options.date_format)
        numbers, days, codes = layout.numbers(columns), layout.days(columns), layout.codes(columns)
        shape = replace(shape, numbers=numbers, days=days, iso=iso, codes=codes)
    blocks = file.blocks(shape)
    if vendor.table == "prints" and "id" in layout.chosen(file.names(layout.shape)):
        # what one row says of an execution may be taken back by another, anywhere in the file
        blocks = iter([pl.concat(blocks)])
    for block in blocks:
        text = to_our_columns(block, layout, said, columns, number)
        number += block.height
        yield block, _fill_in(text, vendor, options)


def _fill_in(text: pl.DataFrame, vendor: VendorFormat, options: ReadOptions) -> pl.DataFrame:
    """What a source may leave unsaid: 100 shares a contract, and what the format declares of its open interest."""
    unsaid: dict[str, str | None] = {}
    if vendor.table in {"chains", "prints"}:
        unsaid = {"multiplier": "100", "source": vendor.name}
    if vendor.table == "chains" and "open_interest" in text.columns:
        lag = OI_LAGS[vendor.open_interest] if options.oi_lag is None else options.oi_lag
        unsaid["oi_lag"] = None if lag is None else str(lag)
    if options.oi_lag is not None:
        text = text.drop("oi_lag", strict=False)
    return text.with_columns(
        (pl.col(name).fill_null(value) if name in text.columns else pl.lit(value, pl.String)).alias(name)
        for name, value in unsaid.items()
    )


def believing(options: ReadOptions, layout: Layout) -> Layout:
    """The layout with how dates are written, where the user says it."""
    return layout if options.date_format is None else replace(layout, dates=(options.date_format,))


def _of_symbol(text: pl.DataFrame, symbol: str | None) -> pl.DataFrame:
    """The rows of one symbol, where the rows say whose they are and one is asked for."""
    if symbol is None or "symbol" not in text.columns:
        return text
    # a row that does not say whose it is might be of this one, and is set aside for that
    return text.filter((pl.col("symbol") == symbol) | pl.col("symbol").is_null())


def _of_underlying(sifted: Sifted, symbol: str) -> Sifted:
    """The contracts on one symbol, under the name that the user gives it: the root of options on BRK.B is BRKB."""
    own = plain(pl.col("symbol")) == plain(pl.lit(symbol))
    return replace(sifted, kept=sifted.kept.filter(own).with_columns(symbol=pl.lit(symbol)))


class Totals:
    """What a file says its rows add up to, against what they do."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._said: dict[str, float] = {}
        self._sums: dict[str, float] = {}

    def add(self, block: pl.DataFrame, kept: pl.DataFrame) -> None:
        """Take in a block."""
        for name, (side, column) in self._layout.totals.items():
            if name in block.columns and (said := block[name].cast(pl.Float64, strict=False)[0]) is not None:
                rows = kept.filter(pl.col("option_type") == side)
                self._said[name] = float(said)
                self._sums[name] = self._sums.get(name, 0.0) + float(rows[column].sum())

    def differing(self) -> int:
        """How many of them are off by more than half a percent."""
        return sum(abs(said - self._sums[name]) > HEADER_DIFFERS * max(said, 1) for name, said in self._said.items())


def _warnings(kept: pl.DataFrame) -> dict[str, int]:
    flags = {name.upper(): flag for name, flag in contract_flags().items()}
    return counted(kept, {"MISSING_UNDERLYING": pl.col("underlying_price").is_null(), **flags})


def _units(kept: pl.DataFrame) -> pl.DataFrame:
    # columns that are the same for all rows, or empty, tell no day from another and cost as much as the others
    telling = [
        name for name in kept.columns if name not in {"symbol", "source"} and kept[name].null_count() < kept.height
    ]
    return (
        kept.select(*SNAPSHOT_KEY, kept.select(telling).hash_rows().alias("digest"))
        .group_by(SNAPSHOT_KEY)
        .agg(pl.len().cast(pl.Int64).alias("rows"), pl.col("digest").sum())
    )
