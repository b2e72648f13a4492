"""Explain how a file would be read, without storing anything: its format, how its columns map to ours, its first rows."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from flowbt.errors import RejectedFileError, UnknownFormatError
from flowbt.lake.intake.date_order import with_known_dates
from flowbt.lake.intake.quality import check_rows
from flowbt.lake.intake.read_file import recognise_format, translated_blocks
from flowbt.lake.intake.remedies import explained
from flowbt.lake.intake.tape import check_prints
from flowbt.lake.reading import OpenFile, Source, open_file
from flowbt.lake.vendors import FORMATS, Layout, ReadOptions, VendorFormat
from flowbt.lake.vendors.columns import COLUMNS
from flowbt.lake.vendors.layout import bare
from flowbt.lake.vendors.recognise import check_columns, close_to, layout_of
from flowbt.lake.vendors.translate import ROW
from flowbt.lake.vendors.vendor_format import with_user_options

FIRST_ROWS = 5


def explain(source: Source, vendor: VendorFormat | None, options: ReadOptions) -> dict[str, Any]:
    """How a file would be read: `format`, `columns` (ours, theirs), `not_used`, the format's declarations, the first `rows`.

    A file that would be refused is explained as far as possible, with the `reason`.

    Args:
        source: the file.
        vendor: its format; None: the format is recognised.
        options: what the user specifies.

    Raises:
        FlowbtError: the file cannot be opened.
    """
    explanation: dict[str, Any] = {"path": str(source), "format": None, "reason": None}
    try:
        file = open_file(source)
        if vendor is None:
            explanation["came_close"] = close_to(file, FORMATS.values())
            vendor, layout = recognise_format(file, source, FORMATS.values())
        else:
            layout = layout_of(file, vendor)
        layout = with_user_options(options, vendor, layout)
        explanation |= _declared(file, vendor, layout, options)
        check_columns(file, layout)
        explanation |= _first_rows(file, source, vendor, layout, options)
    except UnknownFormatError as error:
        explanation |= {"reason": str(error), "starter_mapping": error.starter}
    except RejectedFileError as error:
        explanation["reason"] = str(error)
    return explanation


def _declared(file: OpenFile, vendor: VendorFormat, layout: Layout, options: ReadOptions) -> dict[str, Any]:
    names = file.names(layout.shape)
    chosen = layout.chosen(names)
    used = {root for expression in chosen.values() for root in expression.meta.root_names()}
    return {
        "format": vendor.name,
        "description": vendor.description,
        "table": vendor.table,
        "recognised_by": sorted(layout.header),
        "wide": layout.wide,
        "columns": [
            {"ours": ours, "theirs": _expression_text(theirs), "note": _note(ours, layout)}
            for ours, theirs in chosen.items()
        ],
        "not_found": sorted(set(layout.columns) - set(chosen)),
        "not_used": [name for name in names if name not in used],
        "missing_columns": layout.absent(names),
        "never_read": [name for name in layout.never_read if name in names],
        "open_interest": _open_interest(vendor, options),
        "dates": options.date_format
        or (", ".join(layout.dates) if layout.dates else "ISO, or inferred from the whole file"),
        "quoted": layout.quoted,
    }


def _open_interest(vendor: VendorFormat, options: ReadOptions) -> str | None:
    if vendor.table != "chains":
        return None
    return vendor.open_interest if options.oi_lag is None else f"oi_lag {options.oi_lag}, as specified"


def _expression_text(theirs: pl.Expr) -> str:
    return theirs.meta.output_name() if theirs.meta.is_column() else str(theirs)


def _note(ours: str, layout: Layout) -> str:
    name, notes = bare(ours), []
    if name in layout.missing:
        notes.append(f"{', '.join(f'{number:g}' for number in layout.missing[name])} means not known")
    if name in layout.divide_by:
        notes.append(f"divided by {layout.divide_by[name]:g}")
    if name in layout.values:
        notes.append(f"then {layout.values[name]}")
    return "; ".join(notes)


def _first_rows(
    file: OpenFile, source: Source, vendor: VendorFormat, layout: Layout, options: ReadOptions
) -> Mapping[str, Any]:
    for _, text in translated_blocks(file, source, vendor, layout, options):
        layout = with_known_dates(layout, text, COLUMNS[vendor.table])
        few = text.filter(pl.col(ROW) <= FIRST_ROWS)
        read = check_prints(few, layout) if vendor.table == "prints" else check_rows(few, vendor.table, layout)
        not_empty = [name for name in read.kept.columns if read.kept[name].null_count() < read.kept.height]
        return {
            "rows": read.kept.sort(ROW).select(name for name in not_empty if name in COLUMNS[vendor.table]).to_dicts(),
            "refused_rows": [
                {"row": row, "reasons": reasons, "why": explained(reasons, row, record)}
                for row, reasons, record in read.rejected.select(ROW, "reasons", "record").iter_rows()
            ],
        }
    return {"rows": [], "refused_rows": []}
