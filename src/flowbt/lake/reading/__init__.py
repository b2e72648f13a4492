"""Files as users have them: found, decompressed within budgets, and read into columns of text.

sources     which files are meant, members of zip archives included
compressed  the bytes of a source, decompressed, within a budget
shape       what a layout asks of a file, and what a file offers
opened      what kind of file it is, from its first bytes
delimited   CSV and its kin, in blocks of rows
two_level   CSV with a header of two levels, as pandas writes prices of several symbols
json_rows   JSON documents that hold rows
parquet     Parquet, in blocks of rows
"""

from flowbt.lake.reading.names import folded
from flowbt.lake.reading.opened import open_file
from flowbt.lake.reading.shape import OpenFile, Shape
from flowbt.lake.reading.sources import Source, find_sources

__all__ = ["OpenFile", "Shape", "Source", "find_sources", "folded", "open_file"]
