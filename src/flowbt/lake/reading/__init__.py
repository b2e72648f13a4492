"""Find, decompress and read users' files, in blocks of text columns.

sources          the files in paths, folders and globs, including members of zip archives
compressed       the bytes of a file, decompressed up to a limit
shape            what a layout requests from a file, and what a file offers
opened           the kind of a file, from its first bytes
delimited        CSV and similar files: header, preamble and footer
delimited_block  blocks of CSV lines, parsed and checked
two_level        CSV with a header of two levels, as pandas writes prices of several symbols
json_rows        JSON documents that contain rows
json_paths       rows at a path of keys in a JSON document
parquet          Parquet files
sqlite           SQLite databases
"""

from flowbt.lake.reading.names import folded
from flowbt.lake.reading.opened import open_file
from flowbt.lake.reading.shape import OpenFile, Shape
from flowbt.lake.reading.sources import Source, find_sources

__all__ = ["OpenFile", "Shape", "Source", "find_sources", "folded", "open_file"]
