"""The files in paths, folders and globs; a zip archive counts as the files in it.

Members of archives are read and never unpacked, so a member's name that points outside the folder is harmless; only its last part is
shown.
"""

import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path, PurePosixPath
from typing import Final

from flowbt.errors import FlowbtError, RejectedFileError
from flowbt.lake.reading.compressed import DecompressedStream

ZIP: Final = b"PK\x03\x04"
MOST_MEMBERS: Final = 1_000
COMPRESSION_SUFFIXES: Final = (".gz", ".bz2", ".xz", ".zst", ".zstd")


@dataclass(frozen=True)
class Source:
    """A file, a member of a zip archive, or a table of a SQLite database.

    Attributes:
        path: its path on the disk.
        member: the name of the member in the archive at `path`; None: `path` is the file itself.
        table: the table of the database at `path`; None: the table with a format's columns.
    """

    path: Path
    member: str | None = None
    table: str | None = None

    def __str__(self) -> str:
        within = self.table if self.member is None else self.name
        return str(self.path if within is None else self.path / within)

    def absolute(self) -> "Source":
        """The source with an absolute path."""
        return Source(self.path.absolute(), self.member, self.table)

    @property
    def name(self) -> str:
        """The file's name, without the ending of its compression."""
        name = self.path.name if self.member is None else PurePosixPath(self.member.replace("\\", "/")).name
        for ending in COMPRESSION_SUFFIXES:
            if name.lower().endswith(ending):
                name = name[: -len(ending)]
        return name

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return Path(self.name).stem

    @property
    def full_path(self) -> str:
        """The folders above the file and its name, with forward slashes, which may contain the symbol and the date."""
        return (Path(os.path.realpath(self.path)).parent / self.name).as_posix()

    @contextmanager
    def opened(self) -> Iterator[DecompressedStream]:
        """Its decompressed bytes.

        Raises:
            RejectedFileError: the file is damaged or too large.
            FlowbtError: the file cannot be opened.
        """
        try:
            if self.member is None:
                with self.path.open("rb") as raw:
                    yield DecompressedStream(raw, self.path.stat().st_size)
            else:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as raw:
                    yield DecompressedStream(raw, archive.getinfo(self.member).compress_size)
        except zipfile.BadZipFile as error:
            raise RejectedFileError("NOT_DECOMPRESSED", f"the zip data are damaged: {error}") from None
        except (RuntimeError, NotImplementedError) as error:  # encrypted, or an unknown compression
            if self.member is None:
                raise
            raise RejectedFileError("NOT_DECOMPRESSED", f"the member cannot be read: {error}") from None
        except OSError as error:
            raise FlowbtError(f"'{self}' cannot be read: {error.strerror or error}") from None


def find_sources(paths: Sequence[str], suffixes: Sequence[str] | None, only: Callable[[Source], bool]) -> list[Source]:
    """The files in paths, folders (recursive) and globs, each once, ordered by name.

    Args:
        paths: as the user typed them.
        suffixes: the file endings to take from a folder, in lower case; None: all.
        only: whether to take a file.

    Raises:
        FlowbtError: a path does not exist, or there are no files to take.
    """
    files: dict[Path, None] = {}
    for given in paths:
        globbed = [given] if Path(given).exists() else glob(given, recursive=True)  # noqa: PTH207 (a glob may be absolute)
        matches = [Path(match) for match in globbed]
        if not matches:
            raise FlowbtError(f"no file or folder '{given}': check the path, or quote a glob")
        for match in matches:
            files.update(dict.fromkeys(_inside(match, suffixes) if match.is_dir() else [match]))
    sources = [source for path in sorted(files, key=lambda path: path.parts) for source in _members(path)]
    chosen = [source for source in sources if only(source)]
    if not chosen:
        raise FlowbtError(f"no files to ingest in {', '.join(paths)}: check the folder and the format's file endings")
    return chosen


def _inside(folder: Path, suffixes: Sequence[str] | None) -> Iterator[Path]:
    for path in folder.rglob("*"):
        ending = Path(Source(path).name).suffix.lower()
        if path.is_file() and (suffixes is None or ending in suffixes or path.suffix.lower() == ".zip"):
            yield path


def count_members(path: Path) -> int:
    """The number of files in a zip archive; 0 if it cannot be opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(not info.is_dir() for info in archive.infolist())
    except (OSError, zipfile.BadZipFile):
        return 0


def _members(path: Path) -> list[Source]:
    """The files in a zip archive that can be opened; otherwise the file itself.

    An archive of very many files does not contain chains: the archive itself is returned, and refused when it is read.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) != ZIP:
                return [Source(path)]
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile):
        return [Source(path)]
    return [Source(path, name) for name in sorted(names)] if 0 < len(names) <= MOST_MEMBERS else [Source(path)]
