"""Where a lake is stored: a folder on a disk, or a prefix in an object store, behind the same few operations.

Names are paths below the lake with slashes, as in `chains/HEAD`. Everything an operation has written is durable when it returns.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from flowbt.lake.delta.local import Disk


class Staged(Protocol):
    """A file that is prepared and does not have its final name yet."""

    def create(self) -> None:
        """Give the file its final name.

        Raises:
            FileExistsError: the name exists; the existing file is unchanged.
        """

    def replace(self) -> None:
        """Give the file its final name, in place of an existing file."""

    def drop(self) -> None:
        """Discard the file, unless it has its final name."""


class Place(Protocol):
    """The operations that a lake needs from its storage. They raise `OSError` if they fail.

    `locked`: whether `lock` keeps other writers out; if not, only `Staged.create` decides which writer is first.
    `storage_options`: the options that polars needs to read from there.
    """

    locked: bool
    storage_options: Mapping[str, str] | None

    def check(self) -> None:
        """Raise `LakeError` if this place cannot contain a lake."""

    def names(self, folder: str) -> list[str]:
        """The names of the files directly in a folder; none if the folder does not exist."""

    def walk(self, folder: str) -> Iterator[str]:
        """The names of all files below a folder."""

    def read(self, name: str) -> bytes:
        """The bytes of a file."""

    def read_many(self, names: Iterable[str]) -> Iterator[bytes]:
        """The bytes of files, in order."""

    def stage(self, name: str, data: bytes) -> Staged:
        """Prepare a file; it exists once it is created or replaced."""

    def settle(self, folder: str) -> None:
        """Make the names in a folder durable, in case another writer stopped before it could do so."""

    def delete(self, name: str) -> None:
        """Remove a file."""

    def rename(self, name: str, to: str) -> None:
        """Rename a file within its folder."""

    def lock(self) -> AbstractContextManager[None]:
        """Keep other writers out while the context is open."""

    def locate(self, name: str) -> str:
        """The path or address by which polars opens a file."""


def place_of(path: str | Path, storage_options: Mapping[str, str] | None = None) -> Place:
    """The storage at a path or an address such as `s3://bucket/prefix`."""
    if "://" in str(path):
        from flowbt.lake.delta.object_store import Bucket  # noqa: PLC0415 (an extra that a lake on a disk does not need)

        return Bucket(str(path), storage_options or {})
    return Disk(Path(path))
