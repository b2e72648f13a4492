"""Downloads against a real server on this machine: whole or not at all, going on after a cut, and checked."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from flowbt.errors import FlowbtError
from flowbt.lake.fetch import Fetched, fetch_file, fetching_into

FILE = b"PAR1" + bytes(range(256)) * 8000 + b"PAR1"
SHA256 = hashlib.sha256(FILE).hexdigest()


def pointer(sha256: str = SHA256, size: int = len(FILE)) -> bytes:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()


@dataclass
class Site:
    """What a server has, how it behaves, and what it was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    tag: str | None = '"1"'
    cuts: list[int] = field(default_factory=list)
    ranges: bool = True
    says_length: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers["Range"]
        self.asked.append((request.path, wanted))
        data = self.files.get(request.path)
        if data is None:
            request.send_error(404)
            return
        start = 0
        if wanted and self.ranges and request.headers["If-Range"] in {None, self.tag}:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(data):
                request.send_error(416)
                return
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            request.send_response(200)
        if self.says_length:
            request.send_header("Content-Length", str(len(data) - start))
        if self.tag:
            request.send_header("ETag", self.tag)
        request.end_headers()
        end = min(start + self.cuts.pop(0), len(data)) if self.cuts and len(data) > 1000 else len(data)
        request.wfile.write(data[start:end])


@pytest.fixture
def site() -> Iterator[Site]:
    """A server on this machine, with one file."""
    found = Site({"/set/file.parquet": FILE})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/set/file.parquet"
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "file.parquet"


@pytest.fixture
def fetch(site: Site, path: Path) -> Callable[[], Fetched]:
    """Fetch the site's file; a pointer at `/set/` stands for a file at `/large/`."""
    large = {site.url.replace("/set/file.parquet", "/set/"): site.url.replace("/set/file.parquet", "/large/")}
    return lambda: fetch_file(site.url, path, large_files=large)


@pytest.fixture
def refused(fetch: Callable[[], Fetched], path: Path) -> Callable[[], str]:
    """Why the fetch is refused, which leaves nothing under the file's name."""

    def why() -> str:
        with pytest.raises(FlowbtError) as error:
            fetch()
        assert not path.exists()
        return str(error.value)

    return why


def names(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


def test_a_file_comes_whole_and_leaves_nothing_beside_it(fetch: Callable[[], Fetched], site: Site, path: Path) -> None:
    assert fetch() == Fetched(site.url, str(path), len(FILE), len(FILE), "size")
    assert path.read_bytes() == FILE
    assert names(path) == ["file.parquet"]


def test_a_file_that_is_there_is_not_asked_for(fetch: Callable[[], Fetched], site: Site) -> None:
    fetch()
    site.asked.clear()
    again = fetch()
    assert (again.downloaded, again.checked, site.asked) == (0, "present", [])


def test_progress_is_told(site: Site, path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    fetch_file(site.url, path, lambda done, total: told.append((done, total)))
    assert told[0][0] == 0
    assert told[-1] == (len(FILE), len(FILE))


def test_a_cut_connection_goes_on_at_once(fetch: Callable[[], Fetched], site: Site, path: Path) -> None:
    site.cuts = [700_000, 700_000]
    assert fetch().downloaded == len(FILE)
    assert path.read_bytes() == FILE
    assert site.asked == [(site.asked[0][0], asked) for asked in (None, "bytes=700000-", "bytes=1400000-")]


def test_a_later_run_goes_on_where_one_was_cut(
    fetch: Callable[[], Fetched], refused: Callable[[], str], site: Site, path: Path
) -> None:
    site.cuts = [700_000, 0]
    assert f"ended after 700,000 of {len(FILE):,} bytes" in refused()
    assert names(path) == ["file.parquet.part", "file.parquet.part.json"]
    site.asked.clear()
    assert fetch().downloaded == len(FILE) - 700_000
    assert path.read_bytes() == FILE
    assert site.asked == [("/set/file.parquet", "bytes=700000-")]
    assert names(path) == ["file.parquet"]


def test_another_version_on_the_server_is_begun_anew(
    fetch: Callable[[], Fetched], refused: Callable[[], str], site: Site, path: Path
) -> None:
    site.cuts = [700_000, 0]
    refused()
    other = b"PAR1" + bytes(1_000_000) + b"PAR1"
    site.files["/set/file.parquet"], site.tag = other, '"2"'
    assert fetch().downloaded == len(other)
    assert path.read_bytes() == other


@pytest.mark.parametrize("change", ["no tag", "weak tag", "no ranges"])
def test_without_a_way_to_go_on_it_is_begun_anew(
    change: str, fetch: Callable[[], Fetched], refused: Callable[[], str], site: Site, path: Path
) -> None:
    site.tag = {"no tag": None, "weak tag": 'W/"1"'}.get(change, site.tag)
    site.ranges = change != "no ranges"
    site.cuts = [700_000, 0]
    refused()
    fetch()
    assert path.read_bytes() == FILE


def test_a_part_of_another_address_is_not_gone_on_with(path: Path, fetch: Callable[[], Fetched]) -> None:
    path.parent.mkdir()
    path.with_name("file.parquet.part").write_bytes(b"PAR1 of another set")
    about = {
        "url": "http://other/file",
        "address": "http://other/file",
        "size": None,
        "sha256": None,
        "validator": '"1"',
    }
    path.with_name("file.parquet.part.json").write_text(json.dumps(about))
    fetch()
    assert path.read_bytes() == FILE


def test_a_part_that_is_whole_already_only_needs_its_name(
    fetch: Callable[[], Fetched], refused: Callable[[], str], site: Site, path: Path
) -> None:
    site.cuts = [700_000, 0]
    refused()
    path.with_name("file.parquet.part").write_bytes(FILE)
    site.asked.clear()
    assert fetch().downloaded == 0
    assert (path.read_bytes(), site.asked) == (FILE, [])


def test_a_pointer_leads_to_the_file_and_its_sha256_is_checked(
    fetch: Callable[[], Fetched], site: Site, path: Path
) -> None:
    site.files = {"/set/file.parquet": pointer(), "/large/file.parquet": FILE}
    assert fetch().checked == "sha256"
    assert path.read_bytes() == FILE


def test_behind_a_pointer_a_cut_goes_on_even_without_a_tag(
    fetch: Callable[[], Fetched], refused: Callable[[], str], site: Site, path: Path
) -> None:
    site.files, site.tag = {"/set/file.parquet": pointer(), "/large/file.parquet": FILE}, None
    site.cuts = [700_000, 0]
    refused()
    site.asked.clear()
    fetch()
    assert path.read_bytes() == FILE
    assert site.asked == [("/large/file.parquet", "bytes=700000-")]


def test_other_bytes_than_the_pointer_says_are_refused(refused: Callable[[], str], site: Site, path: Path) -> None:
    site.files = {"/set/file.parquet": pointer("0" * 64), "/large/file.parquet": FILE}
    assert f"(sha256 {SHA256} instead of {'0' * 64})" in refused()
    assert names(path) == []


def test_another_size_than_the_pointer_says_is_refused(refused: Callable[[], str], site: Site, path: Path) -> None:
    site.files = {"/set/file.parquet": pointer(size=10), "/large/file.parquet": FILE}
    assert f"({len(FILE):,} bytes instead of 10)" in refused()
    assert names(path) == []


def test_a_pointer_of_a_host_that_is_not_known_says_so(site: Site, path: Path) -> None:
    site.files = {"/set/file.parquet": pointer()}
    with pytest.raises(FlowbtError, match="is a Git LFS pointer, not the file"):
        fetch_file(site.url, path)
    assert not path.exists()


@pytest.mark.parametrize("data", [b"<html>busy</html>", b"PAR1 cut", b"<html>" * 1000, FILE[:-1]])
def test_what_is_no_whole_parquet_file_is_refused(
    data: bytes, refused: Callable[[], str], site: Site, path: Path
) -> None:
    site.files["/set/file.parquet"] = data
    assert "(not a complete Parquet file)" in refused()
    assert names(path) == []


def test_a_cut_that_the_server_hides_is_found_by_the_last_bytes(refused: Callable[[], str], site: Site) -> None:
    site.says_length, site.cuts = False, [700_000]
    assert "(not a complete Parquet file)" in refused()


def test_a_file_that_is_not_there(refused: Callable[[], str], site: Site, path: Path) -> None:
    site.files = {}
    assert refused().startswith(f"'{site.url}' cannot be downloaded (HTTP 404 Not Found)")
    assert names(path) == []


def test_a_host_that_cannot_be_reached(path: Path) -> None:
    with pytest.raises(FlowbtError, match=r"^127\.0\.0\.1:9 cannot be reached \(Connection refused\): check the conn"):
        fetch_file("http://127.0.0.1:9/file.parquet", path)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/file", "no address", "http://"])
def test_only_the_web_is_asked(url: str, path: Path) -> None:
    with pytest.raises(FlowbtError, match="is not an address to download from"):
        fetch_file(url, path)


def test_a_folder_that_cannot_be_written(site: Site, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file")
    with pytest.raises(FlowbtError, match="cannot be written"), fetching_into(tmp_path / "kept"):
        pass
    assert site.asked == []


def test_two_at_once_do_not_write_into_one_folder(tmp_path: Path) -> None:
    with fetching_into(tmp_path), pytest.raises(FlowbtError, match="another `flowbt fetch`"), fetching_into(tmp_path):
        pass
