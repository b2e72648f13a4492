"""A SQLite database with several tables of known formats is treated as one file per table, like the members of a zip archive.

`spy_options.db` has chains in `options_data` and bars in `underlying_prices`: the two have different formats.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from flowbt.errors import FlowbtError
from flowbt.lake.reading import Source
from flowbt.lake.vendors import VendorFormat

SQLITE: Final = b"SQLite format 3\0"


def each_table(source: Source, formats: Iterable[VendorFormat]) -> list[Source]:
    """The tables of a database that have one of these formats, if there are several; otherwise the file itself."""
    if source.member is not None or not _is_database(source.path):
        return [source]
    from flowbt.lake.reading.sqlite import SqliteFile  # noqa: PLC0415 (not needed for other files)

    try:
        file = SqliteFile(source)
    except FlowbtError:
        return [source]  # refused with the reason when it is read
    layouts = [layout for vendor in formats for layout in vendor.layouts if not layout.rows]
    recognised = [table for table, names in file.columns().items() if any(layout.fits(names) for layout in layouts)]
    return [Source(source.path, table=table) for table in recognised] if len(recognised) > 1 else [source]


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE)) == SQLITE
    except OSError:
        return False
