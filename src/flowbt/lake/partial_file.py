"""A download that is not complete: the bytes so far in `NAME.part`, and what is known about the file in `NAME.part.json`."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from flowbt.lake.delta.local import sync

PARQUET: Final = b"PAR1"


class FolderError(Exception):
    """The folder cannot be written."""


@dataclass(frozen=True)
class RemoteFile:
    """A file on a server, as far as it is known.

    Attributes:
        url: the address requested.
        address: where its bytes are.
        size: in bytes; None: unknown.
        sha256: from the LFS pointer; None: unknown.
        validator: the server's identifier of this version (ETag or Last-Modified); None: there is none.
    """

    url: str
    address: str
    size: int | None = None
    sha256: str | None = None
    validator: str | None = None


class PartialFile:
    """The two files of a download that is not complete.

    Args:
        target: the path of the complete file.
    """

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}.part")
        self._target, self._record = target, target.with_name(f"{target.name}.part.json")

    @property
    def size(self) -> int:
        """Bytes downloaded so far, by this run or an earlier one."""
        return self.path.stat().st_size if self.path.exists() else 0

    def remote(self, url: str) -> RemoteFile | None:
        """What an earlier run recorded about the file at this address; None, and no part, if the download cannot be resumed."""
        try:
            remote = RemoteFile(**json.loads(self._record.read_text()))
        except (OSError, ValueError, TypeError):
            remote = None
        size = self.size
        resumable = remote is not None and (remote.sha256 or remote.validator) and 0 < size <= (remote.size or size)
        if remote is not None and remote.url == url and resumable:
            return remote
        self.delete()
        return None

    def record(self, remote: RemoteFile) -> None:
        """Write down what is known about the file."""
        try:
            self._record.write_text(json.dumps(asdict(remote)))
        except OSError as error:
            raise FolderError(error.strerror or error) from None

    @contextmanager
    def opened(self, mode: str) -> Iterator[Callable[[bytes], object]]:
        """A function that writes to the part, which is synced at the end."""

        def write(piece: bytes) -> None:
            try:
                file.write(piece)
            except OSError as error:
                raise FolderError(error.strerror or error) from None

        try:
            file = self.path.open(mode, buffering=0)
        except OSError as error:
            raise FolderError(error.strerror or error) from None
        with file:
            yield write
            os.fsync(file.fileno())

    def difference(self, remote: RemoteFile) -> str:
        """Why the part is not the complete file, by its size, its sha256 and the Parquet markers at both ends; empty if it is."""
        size = self.size
        with self.path.open("rb") as file:
            begin = file.read(len(PARQUET))
            file.seek(max(size - len(PARQUET), 0))
            end = file.read()
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest() if remote.sha256 else None
        if remote.size is not None and size != remote.size:
            return f"{size:,} bytes instead of {remote.size:,}"
        if sha256 != remote.sha256:
            return f"sha256 {sha256} instead of {remote.sha256}"
        return "" if (begin, end) == (PARQUET, PARQUET) else "not a complete Parquet file"

    def complete(self) -> None:
        """Rename the part to the file, durably."""
        try:
            self.path.replace(self._target)
            self._record.unlink(missing_ok=True)
            sync(self._target.parent)
        except OSError as error:
            raise FolderError(error.strerror or error) from None

    def delete(self) -> None:
        """Delete both files."""
        self.path.unlink(missing_ok=True)
        self._record.unlink(missing_ok=True)
