"""Download files so that each is either complete or absent.

1. A file that exists in the target folder is not requested again.
2. The address is requested. If the answer is a Git LFS pointer, it gives the size and the sha256 of the file, which is then
   requested from the address where the host keeps large files.
3. The bytes are written to `NAME.part`, and what is known about them to `NAME.part.json`. An interrupted download is resumed with
   an HTTP range, but only if the server confirms that the file has not changed or a sha256 is known.
4. The size, the sha256 (if known) and the Parquet markers at both ends are verified; then the part is renamed to the file.
"""

import hashlib
import http.client
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from filelock import FileLock, Timeout

from flowbt.errors import FlowbtError
from flowbt.lake.delta.local import sync

LARGE_FILES: Final[Mapping[str, str]] = {
    "https://raw.githubusercontent.com/": "https://media.githubusercontent.com/media/",
}
"""Where a host that serves LFS pointers keeps the files: the start of an address, and its replacement."""
SECONDS: Final = 60.0
"""Timeout of a request and of each read."""
ATTEMPTS: Final = 5
PIECE: Final = 1 << 20
_POINTER: Final = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\nsize (\d+)\n"
)
_POINTER_BYTES: Final = 1024
PARQUET: Final = b"PAR1"

OnBytes = Callable[[int, int | None], None]
"""Called with the bytes received so far and the size of the file (None: the server does not give it)."""


@dataclass(frozen=True)
class Fetched:
    """A complete file on the disk.

    Attributes:
        url: its address.
        path: its path.
        bytes: its size.
        downloaded: how many bytes were downloaded in this run.
        checked: how it was verified: `sha256`, `size` or `none`; `present` if it existed before.
    """

    url: str
    path: str
    bytes: int
    downloaded: int
    checked: str


@dataclass(frozen=True)
class _Known:
    """What is known about a file that is being downloaded.

    Attributes:
        url: the address requested.
        address: where its bytes are.
        size: in bytes.
        sha256: from the LFS pointer.
        validator: the server's identifier of this version (ETag or Last-Modified).
    """

    url: str
    address: str
    size: int | None = None
    sha256: str | None = None
    validator: str | None = None


class _CutError(Exception):
    """The connection ended before the file did."""


class _DiskError(Exception):
    """The folder cannot be written."""


@contextmanager
def fetching_into(folder: Path) -> Iterator[None]:
    """Prevent other processes from downloading into the folder at the same time.

    Raises:
        FlowbtError: another process is downloading into it, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".fetch.lock", timeout=0):
            yield
    except Timeout:
        raise FlowbtError(
            f"another `flowbt fetch` is downloading into '{folder}': wait until it has finished"
        ) from None
    except OSError as error:
        raise FlowbtError(f"'{folder}' cannot be written: {error.strerror or error}") from None


def fetch_file(
    url: str, path: Path, on_bytes: OnBytes | None = None, large_files: Mapping[str, str] = LARGE_FILES
) -> Fetched:
    """Download a Parquet file to this path.

    Args:
        url: http or https.
        path: the target.
        on_bytes: called as bytes arrive.
        large_files: where hosts that serve Git LFS pointers keep the files.

    Raises:
        FlowbtError: the address cannot be reached or has no such file, or verification failed.
    """
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise FlowbtError(f"'{url}' is not an address to download from: it must begin with http:// or https://")
    if path.is_file():
        return Fetched(url, str(path), path.stat().st_size, 0, "present")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _Download(url, path, on_bytes or (lambda _done, _total: None), large_files).run()
    except _CutError as cut:
        raise FlowbtError(f"{cut}: run the command again to resume it") from None
    except HTTPError as error:
        error.close()
        raise FlowbtError(
            f"'{error.url}' cannot be downloaded (HTTP {error.code} {error.reason}): try again later, or give another "
            "address with --url"
        ) from None
    except _DiskError as error:
        raise FlowbtError(f"'{path.parent}' cannot be written: {error}") from None
    except (OSError, http.client.HTTPException) as error:
        raise FlowbtError(
            f"{urlsplit(url).netloc} cannot be reached ({_said(error)}): check the connection, or give another address with "
            "--url; files already downloaded are kept"
        ) from None


class _Download:
    """One download."""

    def __init__(self, url: str, path: Path, on_bytes: OnBytes, large_files: Mapping[str, str]) -> None:
        self._url, self._path, self._on_bytes, self._large_files = url, path, on_bytes, large_files
        self._part, self._about = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.part.json")
        self._came = 0

    def run(self) -> Fetched:
        """Receive the bytes, verify them, rename the part."""
        for attempt in range(1, ATTEMPTS + 1):
            before = self._came
            try:
                known = self._received()
                break
            except _CutError:
                if self._came == before or attempt == ATTEMPTS:
                    raise
        self._check(known)
        try:
            self._part.replace(self._path)
            self._about.unlink(missing_ok=True)
            sync(self._path.parent)
        except OSError as error:
            raise _DiskError(error.strerror or error) from None
        checked = "sha256" if known.sha256 else "none" if known.size is None else "size"
        return Fetched(self._url, str(self._path), self._path.stat().st_size, self._came, checked)

    def _received(self) -> _Known:
        """Append the missing bytes to the part."""
        known, have = self._before(), self._have()
        if known is None:
            return self._written(*self._asked(), "wb")
        if have == known.size:
            return known
        headers = {"Range": f"bytes={have}-"} | ({"If-Range": known.validator} if known.validator else {})
        try:
            response = _opened(known.address, headers)
        except HTTPError as error:
            if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise
            error.close()
            self._drop()
            return self._received()
        goes_on = response.status == HTTPStatus.PARTIAL_CONTENT
        if goes_on and not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
            response.close()
            self._drop()
            return self._received()
        if not goes_on and known.sha256 is None:
            known = replace(known, size=_length(response), validator=_validator(response))
            self._note(known)
        return self._written(known, response, b"", "ab" if goes_on else "wb")

    def _asked(self) -> tuple[_Known, http.client.HTTPResponse, bytes]:
        """The response to the first request: what is known about the file, the stream, and the bytes read from it so far."""
        response = _opened(self._url)
        length = _length(response)
        head = response.read(_POINTER_BYTES) if length is None or length <= _POINTER_BYTES else b""
        known = _Known(self._url, self._url, length, None, _validator(response))
        if pointer := _POINTER.match(head):
            response.close()
            address = self._address_of_large_file()
            known = _Known(self._url, address, int(pointer[2]), pointer[1].decode())
            response, head = _opened(address), b""
            known = replace(known, validator=_validator(response))
        self._note(known)
        return known, response, head

    def _address_of_large_file(self) -> str:
        for beginning, instead in self._large_files.items():
            if self._url.startswith(beginning):
                return instead + self._url.removeprefix(beginning)
        raise FlowbtError(
            f"'{self._url}' is a Git LFS pointer, not the file, and it is not known where {urlsplit(self._url).netloc} keeps "
            "large files: give an address that serves the files themselves with --url"
        )

    def _written(self, known: _Known, response: http.client.HTTPResponse, head: bytes, mode: str) -> _Known:
        with closing(response), _on_disk(self._part, mode) as write:
            have = self._have() if mode == "ab" else 0
            piece = head
            while True:
                write(piece)
                have, self._came = have + len(piece), self._came + len(piece)
                self._on_bytes(have, known.size)
                try:
                    piece = response.read(PIECE)
                except (OSError, http.client.HTTPException) as error:
                    raise self._cut(have, known, _said(error)) from None
                if not piece:
                    break
        if known.size is not None and have < known.size:
            raise self._cut(have, known, "the server closed the connection")
        return known

    def _cut(self, have: int, known: _Known, why: str) -> _CutError:
        of = "" if known.size is None else f" of {known.size:,}"
        return _CutError(f"the download of '{known.address}' ended after {have:,}{of} bytes ({why})")

    def _check(self, known: _Known) -> None:
        """Refuse and delete a part that is not the file."""
        size = self._have()
        with self._part.open("rb") as file:
            begin = file.read(len(PARQUET))
            file.seek(max(size - len(PARQUET), 0))
            end = file.read()
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest() if known.sha256 else None
        wrong = ""
        if known.size is not None and size != known.size:
            wrong = f"{size:,} bytes instead of {known.size:,}"
        elif sha256 != known.sha256:
            wrong = f"sha256 {sha256} instead of {known.sha256}"
        elif (begin, end) != (PARQUET, PARQUET):
            wrong = "not a complete Parquet file"
        if wrong:
            self._drop()
            raise FlowbtError(
                f"the download of '{known.address}' failed verification ({wrong}) and was deleted: run the command again, or give "
                "another address with --url"
            )

    def _before(self) -> _Known | None:
        """What an earlier run recorded about its part; None, and no part, if the download cannot be resumed."""
        try:
            known = _Known(**json.loads(self._about.read_text()))
        except (OSError, ValueError, TypeError):
            known = None
        have = self._have()
        can_go_on = known is not None and (known.sha256 or known.validator) and 0 < have <= (known.size or have)
        if known is not None and known.url == self._url and can_go_on:
            return known
        self._drop()
        return None

    def _note(self, known: _Known) -> None:
        try:
            self._about.write_text(json.dumps(asdict(known)))
        except OSError as error:
            raise _DiskError(error.strerror or error) from None

    def _have(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _drop(self) -> None:
        self._part.unlink(missing_ok=True)
        self._about.unlink(missing_ok=True)


@contextmanager
def _on_disk(path: Path, mode: str) -> Iterator[Callable[[bytes], object]]:
    """A function that writes to the file, which is synced at the end."""

    def write(piece: bytes) -> None:
        try:
            file.write(piece)
        except OSError as error:
            raise _DiskError(error.strerror or error) from None

    try:
        file = path.open(mode, buffering=0)
    except OSError as error:
        raise _DiskError(error.strerror or error) from None
    with file:
        yield write
        os.fsync(file.fileno())


def _opened(address: str, headers: Mapping[str, str] | None = None) -> http.client.HTTPResponse:
    request = Request(address, headers={"User-Agent": "flowbt", **(headers or {})})  # noqa: S310 (http or https, as checked)
    response = urlopen(request, timeout=SECONDS)  # noqa: S310
    assert isinstance(response, http.client.HTTPResponse)  # noqa: S101 (for the type checker)
    return response


def _length(response: http.client.HTTPResponse) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _validator(response: http.client.HTTPResponse) -> str | None:
    """The identifier of this version of the file that a range request may use; weak ETags may not."""
    tag = response.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified")


def _said(error: BaseException) -> str:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    return str(getattr(reason, "strerror", None) or reason) or type(error).__name__
