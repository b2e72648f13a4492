"""A model of a disk that loses its power: which files may be there afterwards, and what is in them.

What a disk promises is little. Bytes are there for good once their file was synced; a name is once its folder was synced. Of
what was not synced any part may be there, whatever the order in which it was done.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any


@dataclass
class Inode:
    """A file's bytes, and those of them that were synced; a folder has none."""

    folder: bool = False
    data: bytes = b""
    synced: bytes | None = None


@dataclass
class PowerModel:
    """The disk below `root`, as told by the calls that changed it (`flowbt.lake.delta.local`)."""

    root: Path
    names: dict[Path, Inode] = field(default_factory=dict)
    lasting: dict[Path, Inode] = field(default_factory=dict)
    pending: list[tuple[Path, Path | None, Inode | None]] = field(default_factory=list)
    handles: dict[int, Path] = field(default_factory=dict)

    def __call__(self, name: str, arguments: tuple[Any, ...], result: Any) -> None:
        getattr(self, f"_{name}")(*arguments, result)

    def _mkdir(self, path: Any, _: None) -> None:
        self._enter(Path(path), Inode(folder=True))

    def _open(self, path: Any, flags: int, *rest: int) -> None:
        self.handles[rest[-1]] = Path(path)
        if flags & os.O_CREAT:
            self._enter(Path(path), Inode())

    def _write(self, handle: int, data: Any, written: int) -> None:
        self.names[self.handles[handle]].data += bytes(data[:written])

    def _fsync(self, handle: int, _: None) -> None:
        path = self.handles[handle]
        inode = self.names.get(path)
        if inode is not None and not inode.folder:
            inode.synced = inode.data
            return
        for change in [change for change in self.pending if (change[0]).parent == path]:
            _apply(self.lasting, change)
            self.pending.remove(change)

    def _link(self, source: Any, target: Any, _: None) -> None:
        self._enter(Path(target), self.names[Path(source)])

    def _replace(self, source: Any, target: Any, _: None) -> None:
        inode = self.names.pop(Path(source))
        self.names[Path(target)] = inode
        self.pending.append((Path(target), Path(source), inode))

    def _unlink(self, path: Any, _: None) -> None:
        self.names.pop(Path(path))
        self.pending.append((Path(path), None, None))

    def _enter(self, path: Path, inode: Inode) -> None:
        self.names[path] = inode
        self.pending.append((path, None, inode))

    def after_power_loss(self, folder: Path, kept: str, random: Random) -> None:
        """Lay out what may be there: of what was not synced `nothing`, all names but `empty` or `halved` files, or `some` of it."""
        left = dict(self.lasting)
        for change in self.pending:
            if kept in {"empty", "halved"} or (kept == "some" and random.random() < 0.5):
                _apply(left, change)
        for path in sorted(left):
            inode, target = left[path], folder / path.relative_to(self.root)
            if not target.parent.is_dir():
                continue
            if inode.folder:
                target.mkdir(exist_ok=True)
            elif inode.synced is not None:
                target.write_bytes(inode.synced)
            else:
                share = {"empty": 0.0, "halved": 0.5, "nothing": 0.0}.get(kept, random.random())
                target.write_bytes(inode.data[: int(len(inode.data) * share)])


def _apply(names: dict[Path, Inode], change: tuple[Path, Path | None, Inode | None]) -> None:
    path, source, inode = change
    if source is not None:
        names.pop(source, None)
    if inode is None:
        names.pop(path, None)
    else:
        names[path] = inode
