"""Download files so that each is either complete or absent.

1. A file that exists in the target folder is not requested again.
2. The address is requested. If the answer is a Git LFS pointer, it gives the size and the sha256 of the file, which is then
   requested from the address where the host keeps large files.
3. The bytes are written to `NAME.part`, and what is known about them to `NAME.part.json`. An interrupted download is resumed with
   an HTTP range, but only if the server confirms that the file has not changed or a sha256 is remote.
4. The size, the sha256 (if known) and the Parquet markers at both ends are verified; then the part is renamed to the file.
"""

import http.client
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from filelock import FileLock, Timeout

from flowbt.errors import FlowbtError
from flowbt.lake.partial_file import FolderError, PartialFile, RemoteFile

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

OnBytes = Callable[[int, int | None], None]
"""Called with the number of bytes received so far and the size of the file (None: the server does not give it)."""


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


class _CutError(Exception):
    """The connection ended before the file did."""


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
    except FolderError as error:
        raise FlowbtError(f"'{path.parent}' cannot be written: {error}") from None
    except (OSError, http.client.HTTPException) as error:
        raise FlowbtError(
            f"{urlsplit(url).netloc} cannot be reached ({_reason(error)}): check the connection, or give another address with "
            "--url; files already downloaded are kept"
        ) from None


class _Download:
    """One download."""

    def __init__(self, url: str, path: Path, on_bytes: OnBytes, large_files: Mapping[str, str]) -> None:
        self._url, self._path, self._on_bytes, self._large_files = url, path, on_bytes, large_files
        self._part = PartialFile(path)
        self._downloaded = 0

    def run(self) -> Fetched:
        """Receive the bytes, verify them, rename the part."""
        for attempt in range(1, ATTEMPTS + 1):
            before = self._downloaded
            try:
                remote = self._receive()
                break
            except _CutError:
                if self._downloaded == before or attempt == ATTEMPTS:
                    raise
        self._check(remote)
        self._part.complete()
        checked = "sha256" if remote.sha256 else "none" if remote.size is None else "size"
        return Fetched(self._url, str(self._path), self._path.stat().st_size, self._downloaded, checked)

    def _receive(self) -> RemoteFile:
        """Append the missing bytes to the part."""
        remote, size = self._part.remote(self._url), self._part.size
        if remote is None:
            return self._write(*self._first_response(), "wb")
        if size == remote.size:
            return remote
        headers = {"Range": f"bytes={size}-"} | ({"If-Range": remote.validator} if remote.validator else {})
        try:
            response = _opened(remote.address, headers)
        except HTTPError as error:
            if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise
            error.close()
            self._part.delete()
            return self._receive()
        is_partial = response.status == HTTPStatus.PARTIAL_CONTENT
        if is_partial and not response.headers.get("Content-Range", "").startswith(f"bytes {size}-"):
            response.close()
            self._part.delete()
            return self._receive()
        if not is_partial and remote.sha256 is None:
            remote = replace(remote, size=_length(response), validator=_validator(response))
            self._part.record(remote)
        return self._write(remote, response, b"", "ab" if is_partial else "wb")

    def _first_response(self) -> tuple[RemoteFile, http.client.HTTPResponse, bytes]:
        """The response to the first request: what is known about the file, the stream, and the bytes read from it so far."""
        response = _opened(self._url)
        length = _length(response)
        head = response.read(_POINTER_BYTES) if length is None or length <= _POINTER_BYTES else b""
        remote = RemoteFile(self._url, self._url, length, None, _validator(response))
        if pointer := _POINTER.match(head):
            response.close()
            address = self._address_of_large_file()
            remote = RemoteFile(self._url, address, int(pointer[2]), pointer[1].decode())
            response, head = _opened(address), b""
            remote = replace(remote, validator=_validator(response))
        self._part.record(remote)
        return remote, response, head

    def _address_of_large_file(self) -> str:
        for beginning, instead in self._large_files.items():
            if self._url.startswith(beginning):
                return instead + self._url.removeprefix(beginning)
        raise FlowbtError(
            f"'{self._url}' is a Git LFS pointer, not the file, and it is not known where {urlsplit(self._url).netloc} keeps "
            "large files: give an address that serves the files themselves with --url"
        )

    def _write(self, remote: RemoteFile, response: http.client.HTTPResponse, head: bytes, mode: str) -> RemoteFile:
        with closing(response), self._part.opened(mode) as write:
            size = self._part.size if mode == "ab" else 0
            piece = head
            while True:
                write(piece)
                size, self._downloaded = size + len(piece), self._downloaded + len(piece)
                self._on_bytes(size, remote.size)
                try:
                    piece = response.read(PIECE)
                except (OSError, http.client.HTTPException) as error:
                    raise self._cut(size, remote, _reason(error)) from None
                if not piece:
                    break
        if remote.size is not None and size < remote.size:
            raise self._cut(size, remote, "the server closed the connection")
        return remote

    def _cut(self, size: int, remote: RemoteFile, why: str) -> _CutError:
        of = "" if remote.size is None else f" of {remote.size:,}"
        return _CutError(f"the download of '{remote.address}' ended after {size:,}{of} bytes ({why})")

    def _check(self, remote: RemoteFile) -> None:
        """Refuse and delete a part that is not the file."""
        if wrong := self._part.difference(remote):
            self._part.delete()
            raise FlowbtError(
                f"the download of '{remote.address}' failed verification ({wrong}) and was deleted: run the command again, or give "
                "another address with --url"
            )


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


def _reason(error: BaseException) -> str:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    return str(getattr(reason, "strerror", None) or reason) or type(error).__name__
