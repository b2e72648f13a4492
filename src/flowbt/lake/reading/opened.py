"""Open a file according to its kind, which is recognised by its first bytes."""

import re

from flowbt.errors import RejectedFileError
from flowbt.lake.reading.shape import OpenFile
from flowbt.lake.reading.sources import MOST_MEMBERS, ZIP, Source, count_members

HEAD = 1 << 16
JSON = re.compile(rb"\{|\[\s*[\[\]{]")
"""The beginning of a JSON document that may contain rows; a CSV header may begin with a bracket too (`[QUOTE_DATE],`)."""


def open_file(source: Source) -> OpenFile:
    """Open a Parquet, SQLite, JSON or delimited text file.

    Raises:
        RejectedFileError: the file is empty, damaged, or an archive that cannot be read.
        FlowbtError: the file cannot be opened.
    """
    with source.opened() as stream:
        head = stream.read(HEAD)
    if head.startswith(b"PAR1"):
        from flowbt.lake.reading.parquet import ParquetFile  # noqa: PLC0415 (pyarrow is slow to import)

        return ParquetFile(source)
    if head.startswith(b"SQLite format 3\0"):
        from flowbt.lake.reading.sqlite import SqliteFile  # noqa: PLC0415 (not needed for other files)

        return SqliteFile(source)
    if head.startswith(ZIP):
        members = count_members(source.path)
        if members > MOST_MEMBERS:
            raise RejectedFileError(
                "TOO_MANY_MEMBERS",
                f"a zip archive of {members:,} files, as some vendors write them with one file per contract; "
                "flowbt needs files with all contracts of a day: combine them, or use the vendor's files by day "
                "(of Lean, universes/SYMBOL/YYYYMMDD.csv)",
            )
        raise RejectedFileError("NOT_DECOMPRESSED", "a zip archive that is damaged or empty")
    if source.name.lower().endswith((".parquet", ".pq")):
        raise RejectedFileError("NOT_PARQUET", "it does not begin as a Parquet file does")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if JSON.match(text) or source.name.lower().endswith(".json"):
        from flowbt.lake.reading.json_rows import JsonFile  # noqa: PLC0415 (not needed for other files)

        return JsonFile(source)
    from flowbt.lake.reading.delimited import DelimitedFile  # noqa: PLC0415
    from flowbt.lake.reading.two_level import TwoLevelFile, has_two_levels  # noqa: PLC0415

    return TwoLevelFile(source) if has_two_levels(head) else DelimitedFile(source, head)
