"""Compressed files: read whatever they are called, refused where they are damaged, short, or bombs."""

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from flowbt.errors import RejectedFileError
from flowbt.lake.reading import Source, compressed

TEXT = b"".join(f"row {number}, {number * 7919 % 1000}\n".encode() for number in range(5000))


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue().to_pybytes())


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd,
}


def read(path: Path, size: int = -1) -> bytes:
    with Source(path).opened() as stream:
        return stream.read(size)


@pytest.fixture
def packed(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "chain.csv"
        path.write_bytes(data)
        return path

    return write


def test_plain_bytes_are_themselves(packed: Callable[[bytes], Path]) -> None:
    assert read(packed(TEXT)) == TEXT


@pytest.mark.parametrize("kind", PACKERS)
def test_what_is_compressed_is_told_by_its_bytes(kind: str, packed: Callable[[bytes], Path]) -> None:
    path = packed(PACKERS[kind](TEXT))
    assert read(path) == TEXT
    assert read(path, 10) == TEXT[:10]


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("lost", [1, 5, 100, 2000])
def test_cut_short(kind: str, lost: int, packed: Callable[[bytes], Path]) -> None:
    path = packed(PACKERS[kind](TEXT)[:-lost])
    with pytest.raises(RejectedFileError, match=r"TRUNCATED|NOT_DECOMPRESSED"):
        read(path)


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz"])
def test_a_flipped_bit_is_noticed(kind: str, packed: Callable[[bytes], Path]) -> None:
    data = bytearray(PACKERS[kind](TEXT))
    data[len(data) // 2] ^= 16
    path = packed(bytes(data))
    with pytest.raises(RejectedFileError, match="NOT_DECOMPRESSED"):
        read(path)


@pytest.mark.parametrize("kind", PACKERS)
def test_a_bomb_is_refused_before_it_is_whole(
    kind: str, packed: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressed, "ALWAYS_ALLOWED", 1 << 16)
    path = packed(PACKERS[kind](b"\0" * (8 << 20)))
    with pytest.raises(RejectedFileError, match="TOO_LARGE: it decompresses to more than"):
        read(path)


def test_a_bomb_in_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "ALWAYS_ALLOWED", 1 << 16)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("chain.csv", b"\0" * (8 << 20))
    with pytest.raises(RejectedFileError, match="TOO_LARGE"), Source(path, "chain.csv").opened() as stream:
        stream.read()


def test_what_repeats_itself_and_is_short_may_be_read(packed: Callable[[bytes], Path]) -> None:
    assert len(read(packed(gzip.compress(b"0" * 1_000_000)))) == 1_000_000
