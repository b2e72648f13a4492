"""Recognise the format and layout of a file by the names of its columns."""

import re
from collections.abc import Iterable, Mapping

from flowbt.errors import RejectedFileError, UnknownFormatError
from flowbt.lake.reading import OpenFile
from flowbt.lake.reading.names import lacking, near_misses, refuse_repeated
from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.unsupported import why_not_supported
from flowbt.lake.vendors.vendor_format import VendorFormat

_AHEAD = frozenset(
    {"t1openinterest", "t1oi", "nextdayopeninterest", "nextdayoi", "openinterestt1", "openinterestnextday"}
)
"""Columns with the open interest of the next day, which was not known on the row's day; without points and dashes."""


def looks_ahead(name: str) -> bool:
    """Whether a vendor's column has information that was not known on the row's day, in any spelling and nesting."""
    return re.sub("[^a-z0-9]", "", name.rpartition(".")[2].lower()) in _AHEAD


def recognise(file: OpenFile, formats: Iterable[VendorFormat]) -> tuple[VendorFormat, Layout]:
    """The one format, and its layout, whose columns the file has.

    If several formats fit, the one whose header includes the headers of all others is chosen; otherwise the one that reads all the
    columns that the others read, and more.

    Raises:
        RejectedFileError: `UNKNOWN_FORMAT` if several formats fit, or `NOT_SUPPORTED`.
        UnknownFormatError: no format fits; the message names the closest ones.
    """
    fitting = [
        (vendor, layout)
        for vendor in formats
        for layout in vendor.layouts
        if layout.fits(file.names(layout.shape)) and _first_cells_match(file, layout)
    ]
    best = [
        (vendor, layout) for vendor, layout in fitting if all(layout.header >= other.header for _, other in fitting)
    ]
    if len({vendor.name for vendor, _ in best}) == 1:
        return best[0]
    read = {layout: layout.reads() & set(file.names(layout.shape)) for _, layout in fitting}
    most = [(vendor, layout) for vendor, layout in fitting if all(read[layout] >= other for other in read.values())]
    if len({vendor.name for vendor, _ in most}) == 1:
        return most[0]
    if fitting:
        which = " and ".join(sorted({vendor.name for vendor, _ in fitting}))
        # the formats exist, so a starter mapping would be the wrong advice
        raise RejectedFileError("UNKNOWN_FORMAT", f"it could be {which}: specify the format")
    if reason := why_not_supported(file):
        raise RejectedFileError("NOT_SUPPORTED", reason)
    near = "; ".join(f"{name} lacks {', '.join(lacking)}" for name, lacking in close_to(file, formats).items())
    raise UnknownFormatError(
        f"no known format fits{f' (closest: {near})' if near else ''}: specify the format, see `flowbt ingest --list`, or write a mapping "
        "file, for which a starter with the file's columns is given"
    )


def _first_cells_match(file: OpenFile, layout: Layout) -> bool:
    """Whether the first cells match the layout's patterns, if it has any."""
    if not layout.first_cells:
        return True
    first = next(iter(file.blocks(layout.shape)), None)
    return first is not None and all(
        re.search(pattern, str(first[name].drop_nulls().first())) for name, pattern in layout.first_cells.items()
    )


def close_to(file: OpenFile, formats: Iterable[VendorFormat], most: int = 2) -> Mapping[str, list[str]]:
    """The formats of which the file has at least half of the columns, the closest first, and the columns that it lacks."""
    near: list[tuple[float, str, list[str]]] = []
    for vendor in formats:
        for layout in vendor.layouts:
            missing = lacking(layout.header, file.names(layout.shape))
            share = 1 - len(missing) / len(layout.header)
            if missing and share >= 0.5:
                near.append((share, vendor.name, missing[:5]))
    return {name: missing for _, name, missing in sorted(near, reverse=True)[:most]}


def layout_of(file: OpenFile, vendor: VendorFormat) -> Layout:
    """The layout of a given format in which the file is written.

    Raises:
        RejectedFileError: `MISSING_COLUMN`.
    """
    fitting = [layout for layout in vendor.layouts if layout.fits(file.names(layout.shape))]
    if fitting:
        return max(fitting, key=lambda layout: len(layout.header))
    layout = min(vendor.layouts, key=lambda layout: len(lacking(layout.header, file.names(layout.shape))))
    present = file.names(layout.shape)
    if len(present) < 2:
        return layout  # not a table, which is reported when the file is read
    missing = lacking(layout.header, present)
    listed = ", ".join(name.replace("|", " or ") for name in missing)
    raise RejectedFileError(
        "MISSING_COLUMN", f"{listed}; the file has {', '.join(present)}{near_misses(missing, present)}"
    )


def check_columns(file: OpenFile, layout: Layout) -> None:
    """Refuse a file with two columns of the same name, or with a look-ahead column that the layout does not exclude.

    Raises:
        RejectedFileError: `DUPLICATE_COLUMN` or `LOOKAHEAD_COLUMN`.
    """
    names = file.names(layout.shape)
    refuse_repeated(names, layout.reads())
    ahead = sorted(
        {name for name in names if looks_ahead(name)} - set(layout.never_read)
        | set(filter(looks_ahead, layout.reads()))
    )
    if ahead:
        raise RejectedFileError(
            "LOOKAHEAD_COLUMN",
            f"{', '.join(ahead)} contains information that was not known on the row's day: remove the column, and give the open "
            "interest that was published by then",
        )
