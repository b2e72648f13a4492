"""Decompress a file, up to a limit.

The compression is recognised by the first bytes, not by the name. A file that decompresses to far more than option chains ever do is a
decompression bomb. It is read in pieces and refused before it fills the memory or the disk.
"""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, Any, Final

from flowbt.errors import RejectedFileError

MOST_TIMES: Final = 200
"""The largest ratio of decompressed to compressed size. Chains as text compress to between a twentieth and a fifth of their size."""
ALWAYS_ALLOWED: Final = 64 << 20
"""Bytes that any file may decompress to, so that short and repetitive files are accepted."""
MOST_BYTES: Final = 1 << 40


def _zstd(raw: IO[bytes]) -> IO[bytes]:
    import pyarrow as pa  # noqa: PLC0415 (slow to import, and rarely needed)

    stream: IO[bytes] = pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd")
    return stream


_OPENERS: Final[dict[bytes, tuple[str, Callable[[IO[bytes]], Any]]]] = {
    b"\x1f\x8b": ("gzip", lambda raw: gzip.GzipFile(fileobj=raw)),
    b"BZh": ("bzip2", bz2.BZ2File),
    b"\xfd7zXZ\x00": ("xz", lzma.LZMAFile),
    b"\x28\xb5\x2f\xfd": ("zstd", _zstd),
}


def compression_of(head: bytes) -> str | None:
    """`gzip`, `bzip2`, `xz` or `zstd`, by the first bytes; None if it is none of them."""
    return next((name for magic, (name, _) in _OPENERS.items() if head.startswith(magic)), None)


class DecompressedStream(io.RawIOBase):
    """A stream of decompressed bytes that raises `RejectedFileError` if the data are damaged or too long."""

    def __init__(self, raw: IO[bytes], size: int) -> None:
        """`size`: of the compressed file, in bytes."""
        self.kind: str | None = None
        self._stream = raw
        head = self._piece(8)
        raw.seek(0)
        self.kind = compression_of(head)
        opener = next((opens for magic, (_, opens) in _OPENERS.items() if head.startswith(magic)), None)
        self._stream = opener(raw) if opener else raw
        self._budget = min(MOST_BYTES, max(ALWAYS_ALLOWED, MOST_TIMES * size))
        self._read = 0

    def readable(self) -> bool:
        """Always true."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, fewer only at the end; all remaining bytes if `size` is negative."""
        wanted = self._budget - self._read + 1 if size < 0 else size
        pieces: list[bytes] = []
        while wanted > 0 and (piece := self._piece(min(wanted, 1 << 24))):
            pieces.append(piece)
            wanted -= len(piece)
            self._read += len(piece)
            if self._read > self._budget:
                raise RejectedFileError(
                    "TOO_LARGE",
                    f"it decompresses to more than {self._budget:,} bytes, {MOST_TIMES} times its size, which no chain does",
                )
        return b"".join(pieces)

    def _piece(self, size: int) -> bytes:
        try:
            piece: bytes = self._stream.read(size)
        except EOFError as error:
            raise RejectedFileError("TRUNCATED", f"the {self.kind or 'zip'} data end too early: {error}") from None
        except (gzip.BadGzipFile, zlib.error, lzma.LZMAError, zipfile.BadZipFile, ValueError) as error:
            raise RejectedFileError("NOT_DECOMPRESSED", f"the {self.kind or 'zip'} data are damaged: {error}") from None
        except OSError as error:
            # the decompressors of bzip2 and zstd raise OSError for damaged data, as the file system does for a bad disk
            if self.kind not in {"bzip2", "zstd"} or error.errno is not None:
                raise
            code = "TRUNCATED" if "Truncated" in str(error) else "NOT_DECOMPRESSED"
            raise RejectedFileError(code, f"the {self.kind} data are damaged: {error}") from None
        return piece
