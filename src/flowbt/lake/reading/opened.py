"""What kind of file it is, recognised by its first bytes."""

import re

from flowbt.errors import RejectedFileError
from flowbt.lake.reading.shape import OpenFile
from flowbt.lake.reading.sources import MOST_MEMBERS, ZIP, Source, count_members

HEAD = 1 << 16
JSON = re.compile(rb"\{|\[\s*[\[\]{]")
"""How a document begins that may hold rows; a header may begin with a bracket too (`[QUOTE_DATE],`)."""


def open_file(source: Source) -> OpenFile:
    """The file as what it is.

    Raises:
        RejectedFileError: it is empty, damaged, or an archive that cannot be read.
        FlowbtError: it cannot be opened.
    """
    with source.opened() as stream:
        head = stream.read(HEAD)
    if head.startswith(b"PAR1"):
        from flowbt.lake.reading.parquet import ParquetFile  # noqa: PLC0415 (pyarrow is slow to import)

        return ParquetFile(source)
    if head.startswith(b"SQLite format 3\0"):
        from flowbt.lake.reading.sqlite import SqliteFile  # noqa: PLC0415 (of no use to other files)

        return SqliteFile(source)
    if head.startswith(ZIP):
        members = count_members(source.path)
        if members > MOST_MEMBERS:
            raise RejectedFileError(
                "TOO_MANY_MEMBERS",
                f"a zip archive of {members:,} files, as vendors write that keep each contract in a file of its own; "
                "a chain is a file with all contracts of a day: combine them, or take the vendor's files by day "
                "(of Lean, universes/SYMBOL/YYYYMMDD.csv)",
            )
        raise RejectedFileError("NOT_DECOMPRESSED", "a zip archive that is damaged or empty")
    if source.name.lower().endswith((".parquet", ".pq")):
        raise RejectedFileError("NOT_PARQUET", "it does not begin as a Parquet file does")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if JSON.match(text) or source.name.lower().endswith(".json"):
        from flowbt.lake.reading.json_rows import JsonFile  # noqa: PLC0415 (of no use to other files)

        return JsonFile(source)
    from flowbt.lake.reading.delimited import DelimitedFile  # noqa: PLC0415
    from flowbt.lake.reading.two_level import TwoLevelFile, has_two_levels  # noqa: PLC0415

    return TwoLevelFile(source) if has_two_levels(head) else DelimitedFile(source, head)
