"""Which files are meant by paths, folders and globs."""

from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path

from flowbt.errors import FlowbtError
from flowbt.lake.vendors import VendorFormat


def find_files(paths: Sequence[str], vendor: VendorFormat | None, symbol: str | None = None) -> list[Path]:
    """The files meant by paths, folders (recursive) and globs, each once, ordered by name.

    From a folder only files with the format's endings are taken, and, where a symbol is asked for and the format has one
    file a symbol, only that symbol's.
    """
    found: dict[Path, None] = {}
    for given in paths:
        globbed = [given] if Path(given).exists() else glob(given, recursive=True)  # noqa: PTH207 (a glob may be absolute)
        matches = [Path(match) for match in globbed]
        if not matches:
            raise FlowbtError(f"no file or folder '{given}': check the path, or quote a glob")
        for match in matches:
            found.update(dict.fromkeys(_inside(match, vendor) if match.is_dir() else [match]))
    files = sorted(found, key=lambda path: path.parts)
    if symbol and vendor and vendor.symbol_in_name:
        files = [path for path in files if path.stem.upper() == symbol]
    if not files:
        raise FlowbtError(f"no files to ingest in {', '.join(paths)}: check the folder and the format's file endings")
    return files


def _inside(folder: Path, vendor: VendorFormat | None) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and (vendor is None or path.suffix.lower() in vendor.suffixes):
            yield path
