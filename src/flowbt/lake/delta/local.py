"""A lake's folder on a disk, where completed writes survive a power failure.

A file is written under a temporary name and synced, then linked or renamed to its own name, and its folder is synced. So a file is
either complete or absent, and it is durable when the operation returns. The same holds for the folders above it.
"""

import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from flowbt.errors import LakeError

LOCK: Final = ".lock"
PATIENCE: Final = 600.0
"""Seconds to wait for another writer."""
_serial = itertools.count()


class Disk:
    """A lake's folder; see `flowbt.lake.delta.storage.Place`."""

    storage_options: Mapping[str, str] | None = None

    def __init__(self, root: Path) -> None:
        self.root = root
        self.locked = True
        self._durable: set[Path] = set()

    def check(self) -> None:
        """Raise `LakeError` if the folder cannot contain a lake."""
        if self.root.exists() and not self.root.is_dir():
            raise LakeError(f"the lake '{self.root}' is a file: name a folder with --lake")
        if set("%[]") & set(str(self.root.resolve())):
            raise LakeError(
                f"a lake cannot be in '{self.root}': Delta Lake accepts no path with %, [ or ]; name another folder with --lake"
            )

    def names(self, folder: str) -> list[str]:
        """The names of the files directly in a folder; none if the folder does not exist."""
        try:
            return os.listdir(self.root / folder)
        except (FileNotFoundError, NotADirectoryError):
            return []

    def walk(self, folder: str) -> Iterator[str]:
        """The names of all files below a folder."""
        for inner, _, names in os.walk(self.root / folder):
            for name in names:
                yield (Path(inner) / name).relative_to(self.root).as_posix()

    def read(self, name: str) -> bytes:
        """The bytes of a file."""
        with open(f"{self.root}/{name}", "rb") as file:
            return file.read()

    def read_many(self, names: Iterable[str]) -> Iterator[bytes]:
        """The bytes of files, in order."""
        return map(self.read, names)

    def stage(self, name: str, data: bytes) -> "StagedFile":
        """Write a file durably under a temporary name."""
        target = self.root / name
        self._make(target.parent)
        return StagedFile(target, data)

    def settle(self, folder: str) -> None:
        """Make the names in a folder durable, and the folders above it."""
        self._make(self.root / folder)
        sync(self.root / folder)

    def delete(self, name: str) -> None:
        """Remove a file."""
        os.unlink(self.root / name)

    def rename(self, name: str, to: str) -> None:
        """Rename a file within its folder, durably."""
        os.replace(self.root / name, self.root / to)
        sync((self.root / to).parent)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other writers out of this folder; the operating system releases the lock when the process ends, even by a crash."""
        self._make(self.root)
        lock = FileLock(self.root / LOCK, timeout=PATIENCE, poll_interval=0.01)
        try:
            lock.acquire()
        except Timeout:
            raise LakeError(
                f"another process has been writing to the lake at '{self.root}' for {PATIENCE / 60:.0f} minutes: "
                "wait until it has finished, or end it"
            ) from None
        except NotImplementedError:  # a file system without locks: the version number decides which writer is first
            self.locked = False
        try:
            yield
        finally:
            lock.release()

    def locate(self, name: str) -> str:
        """The file's path."""
        return str(self.root.resolve() / name)

    def _make(self, folder: Path) -> None:
        """Create a folder durably; it is synced even if it exists, since its creator may have stopped before the sync."""
        if folder in self._durable and folder.is_dir():
            return
        if folder != self.root:
            self._make(folder.parent)
        for missing in reversed([parent for parent in (folder, *folder.parents) if not parent.exists()]):
            with suppress(FileExistsError):
                os.mkdir(missing)
            sync(missing.parent)
        with suppress(PermissionError):  # a folder above the lake may be readable by name only
            sync(folder.parent)
        self._durable.add(folder)


class StagedFile:
    """A synced file under a temporary name, next to its final name."""

    def __init__(self, target: Path, data: bytes) -> None:
        self._target = target
        self._waiting = target.with_name(f".{target.name}.{os.getpid()}-{next(_serial)}.tmp")
        try:
            _write(self._waiting, data)
        except BaseException:
            self.drop()
            raise

    def create(self) -> None:
        """Link the file to its final name, which must not exist."""
        os.link(self._waiting, self._target)
        sync(self._target.parent)
        self.drop()

    def replace(self) -> None:
        """Rename the file to its final name, in place of an existing file."""
        os.replace(self._waiting, self._target)
        sync(self._target.parent)

    def drop(self) -> None:
        """Delete the temporary file."""
        with suppress(OSError):
            os.unlink(self._waiting)


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def sync(folder: Path) -> None:
    """Make the names in a folder durable; Windows has no such call and does not need it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
