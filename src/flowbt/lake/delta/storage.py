"""Where a lake lies: a folder on a disk, or a prefix in an object store, behind the same few operations.

Names are paths below the lake with slashes, as in `chains/HEAD`. What an operation has written is durable when it returns.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from flowbt.lake.delta.local import Disk


class Staged(Protocol):
    """An object that is written but not yet there."""

    def create(self) -> None:
        """Put it there.

        Raises:
            FileExistsError: something bears the name already; that stays as it is.
        """

    def replace(self) -> None:
        """Put it there, in place of what bore the name."""

    def drop(self) -> None:
        """Forget it, unless it was put there."""


class Place(Protocol):
    """The operations that a lake needs of its storage. All raise `OSError` where one fails.

    `locked`: whether `lock` keeps other writers out; where it does not, only `Staged.create` decides who was first.
    `storage_options`: what polars needs to read from there.
    """

    locked: bool
    storage_options: Mapping[str, str] | None

    def check(self) -> None:
        """Raise `LakeError` if no lake can lie here."""

    def names(self, folder: str) -> list[str]:
        """The names of the files directly in a folder; none where there is no folder."""

    def walk(self, folder: str) -> Iterator[str]:
        """The names of all files below a folder."""

    def read(self, name: str) -> bytes:
        """The bytes of a file."""

    def read_many(self, names: Iterable[str]) -> Iterator[bytes]:
        """The bytes of files, in order."""

    def stage(self, name: str, data: bytes) -> Staged:
        """Write a file that is not there before it is created."""

    def settle(self, folder: str) -> None:
        """Make durable the names in a folder that another writer may have left before it could do so."""

    def delete(self, name: str) -> None:
        """Remove a file."""

    def rename(self, name: str, to: str) -> None:
        """Give a file another name in its folder."""

    def lock(self) -> AbstractContextManager[None]:
        """Keep other writers out meanwhile."""

    def locate(self, name: str) -> str:
        """What polars opens the file by."""


def place_of(path: str | Path, storage_options: Mapping[str, str] | None = None) -> Place:
    """The place that a path or an address such as `s3://bucket/prefix` names."""
    if "://" in str(path):
        from flowbt.lake.delta.object_store import Bucket  # noqa: PLC0415 (an extra, which a lake on a disk does without)

        return Bucket(str(path), storage_options or {})
    return Disk(Path(path))
