"""Read one vendor file: from its bytes to rows of values, or the reason why it is refused.

1. `open_file` recognises what kind of file it is, `recognise` its format and layout, unless the user names the format.
2. Block by block, `to_our_columns` renames its columns to ours, and `check_block` converts and checks the values.
3. The result is a `CheckedFile`. Its `check_days` then checks whole days.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain

import polars as pl

from flowbt.errors import RejectedFileError, UnknownFormatError
from flowbt.lake.intake.block_checks import check_block
from flowbt.lake.intake.checked_file import CheckedFile
from flowbt.lake.intake.date_order import with_known_dates
from flowbt.lake.intake.day_in_path import DayInPath
from flowbt.lake.intake.stated_totals import Totals
from flowbt.lake.intake.symbol_exchanges import SymbolExchanges
from flowbt.lake.parallel import parallel_map
from flowbt.lake.reading import OpenFile, Source, open_file
from flowbt.lake.vendors import FORMATS, Layout, ReadOptions, VendorFormat
from flowbt.lake.vendors.columns import COLUMNS
from flowbt.lake.vendors.recognise import check_columns, layout_of, recognise
from flowbt.lake.vendors.symbol_in_name import share_classes
from flowbt.lake.vendors.translate import shared_values, to_our_columns, with_defaults
from flowbt.lake.vendors.vendor_format import with_user_options
from flowbt.schema import spell_symbol


def read_file(
    source: Source,
    vendor: VendorFormat | None,
    options: ReadOptions,
    formats: Sequence[VendorFormat] = tuple(FORMATS.values()),
    *,
    named: bool = False,
    remembered: Mapping[str, str] | None = None,
) -> CheckedFile:
    """Read a file and check its rows one by one; whole days are checked later (`CheckedFile.check_days`).

    Args:
        source: the file.
        vendor: its format; None: the format is recognised.
        options: what the user specifies.
        formats: the formats among which it is recognised.
        named: another file is named after the symbol that the user chose, so a file that is named after a symbol has only that symbol.
        remembered: the exchanges that the lake has on file, MIC by symbol.

    Raises:
        RejectedFileError: the file cannot be used.
        FlowbtError: the file cannot be opened.
    """
    file = open_file(source)
    vendor, layout = recognise_format(file, source, formats) if vendor is None else (vendor, layout_of(file, vendor))
    check_columns(file, layout)
    layout = with_user_options(options, vendor, layout)
    names = file.names(layout.shape)
    if named and (own := spell_symbol(shared_values(source, layout, ReadOptions()).get("symbol", ""))):
        has_symbols = bool({"symbol", "contract"} & set(layout.chosen(names)))
        if own != options.symbol and not has_symbols:
            raise RejectedFileError("NO_SUCH_SYMBOL", f"the file is named after {own}, not {options.symbol}")
    exchange_of = SymbolExchanges(options.exchange, vendor.exchange, remembered or {})
    checked = CheckedFile(source, vendor, layout, options.take, exchange_of=exchange_of)
    _read_blocks(checked, file, names, options)
    if mixed := checked.mixed_midnights:
        # only the whole file shows what midnight means: in the first reading each block decided for itself
        layout = replace(layout, moments=mixed)
        checked = CheckedFile(source, vendor, layout, options.take, exchange_of=exchange_of)
        _read_blocks(checked, file, names, options)
    if not checked.rows_in:
        if checked.others:
            raise RejectedFileError("NO_SUCH_SYMBOL", f"the file has no rows of {options.symbol}")
        raise RejectedFileError("EMPTY", "the file has no rows")
    checked.warning = layout.warning
    return checked


def recognise_format(file: OpenFile, source: Source, formats: Iterable[VendorFormat]) -> tuple[VendorFormat, Layout]:
    """The one format, and its layout, whose columns the file has.

    Raises:
        UnknownFormatError: no format fits; the error carries a starter mapping for the file.
    """
    try:
        return recognise(file, formats)
    except UnknownFormatError as error:
        from flowbt.lake.vendors.starter import starter_mapping  # noqa: PLC0415 (rarely needed)

        error.starter = starter_mapping(file, source.name)
        raise


def translated_blocks(
    file: OpenFile, source: Source, vendor: VendorFormat, layout: Layout, options: ReadOptions
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Each block of the file twice: as it is, and under our column names with the values that all rows share."""
    columns = COLUMNS[vendor.table]
    shared = shared_values(source, layout, options)
    first_row = 1
    shape = replace(layout.shape, read=frozenset(layout.reads()))
    if vendor.table != "prints":
        iso, codes = layout.iso_dates(columns), layout.codes()
        shape = replace(shape, numbers=layout.numbers(columns), days=layout.days(columns), iso=iso, codes=codes)
    blocks = file.blocks(shape)
    if vendor.table == "prints" and "id" in layout.chosen(file.names(layout.shape)):
        # a later row, anywhere in the file, may cancel the execution of an earlier row
        blocks = iter([pl.concat(blocks)])
    for block in blocks:
        text = to_our_columns(block, layout, shared, columns, first_row)
        first_row += block.height
        yield block, with_defaults(text, vendor, layout, options)


def _read_blocks(checked: CheckedFile, file: OpenFile, names: Sequence[str], options: ReadOptions) -> None:
    """Read and check the file block by block; `names` are its columns."""
    source, vendor, layout = checked.source, checked.vendor, checked.layout
    checked.plain_columns, checked.missing_columns = layout.plain_columns(names), layout.absent(names)
    if checked.missing_columns:
        checked.warnings["MISSING_COLUMN"] = len(checked.missing_columns)
    totals, day = Totals(layout), DayInPath(source, layout, options, names)
    blocks = translated_blocks(file, source, vendor, layout, options)
    if (first := next(blocks, None)) is not None:
        checked.layout = with_known_dates(layout, first[1], COLUMNS[vendor.table])
        check = partial(
            check_block,
            vendor=vendor,
            layout=checked.layout,
            symbol=options.symbol,
            classes=share_classes(source.full_path),
            exchange_of=checked.exchange_of,
        )
        for part in parallel_map(check, chain([first], blocks)):
            checked.rows_in += part.rows_in
            checked.others += part.others
            checked.add(part.rows)
            checked.add_actions(part.actions)
            totals.add(part.block, part.rows.kept)
            day.add(part.block, part.rows.kept)
    day.check()
    if differing := totals.differing():
        checked.warnings["HEADER_TOTALS_DIFFER"] = differing
