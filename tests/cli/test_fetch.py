"""Fetching a data set from the command line: one account for people, one document for machines."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import polars as pl
import pytest

Run = Any
CHAIN = """contract_id,symbol,expiration,strike,type,bid,ask,volume,open_interest,date,implied_volatility,delta,gamma,theta,vega,rho
IWM190920C00150000,IWM,2019-09-20,150,call,1,1.2,{volume},100,2019-06-03,0.2,0.5,0.1,-0.1,0.1,0
IWM190920P00150000,IWM,2019-09-20,150,put,1,1.2,20,100,2019-06-03,0.2,-0.5,0.1,-0.1,0.1,0
"""
BARS = "symbol,date,open,high,low,close,volume\nIWM,2019-06-03,150,152,149,151,1\n"


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published" / "parquet_iwm"
    folder.mkdir(parents=True)
    pl.read_csv(CHAIN.format(volume=10).encode()).write_parquet(folder / "options_2019.parquet")
    pl.read_csv(BARS.encode()).write_parquet(folder / "underlying_prices.parquet")
    return folder


@pytest.fixture
def arguments(published: Path, tmp_path: Path) -> Iterator[list[str]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(published.parent)))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    where = ["--url", f"http://127.0.0.1:{server.server_port}", "--lake", str(tmp_path / "lake")]
    yield [
        "fetch",
        "dubach",
        "--symbols",
        "iwm",
        "--from",
        "2019",
        "--to",
        "2019",
        *where,
        "--keep",
        str(tmp_path / "kept"),
    ]
    server.shutdown()
    server.server_close()
    thread.join()


def test_it_says_what_came_and_what_became_of_it(run: Run, arguments: list[str], tmp_path: Path) -> None:
    said = run(*arguments)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        f"2 files downloaded (0.0 MB), 0 already present; folder {tmp_path / 'kept'}",
        "prices",
        "1 files: 1 committed, 0 unchanged, 0 rejected",
        "rows in 1 = committed 1 + quarantined 0 + duplicates 0",
        "chains",
        "kept with warnings: 2 MISSING_UNDERLYING",
        "1 files: 1 committed, 0 unchanged, 0 rejected",
        "rows in 2 = committed 2 + quarantined 0 + duplicates 0",
    ]


def test_one_document(run: Run, arguments: list[str]) -> None:
    document = run(*arguments, "--json").document
    assert set(document) == {"data_set", "url", "folder", "downloads", "prices", "chains", "totals"}
    assert document["totals"] == {
        "files": 2, "rejected": 0, "rows_in": 3, "committed": 3, "quarantined": 0, "duplicates": 0, "actions": 0,
    }  # fmt: skip
    assert set(document["downloads"][0]) == {"url", "path", "bytes", "downloaded", "checked"}
    assert document["chains"]["files"][0]["format"] == "dubach"


def test_a_file_that_is_refused_is_exit_code_1(run: Run, arguments: list[str], published: Path) -> None:
    pl.read_csv(CHAIN.format(volume=-1).encode()).write_parquet(published / "options_2019.parquet")
    said = run(*arguments)
    assert said.code == 1
    assert "TOO_MANY_BAD_ROWS" in said.out


def test_offline_is_one_sentence_and_exit_code_2(run: Run, tmp_path: Path) -> None:
    where = ["--url", "http://127.0.0.1:9", "--lake", tmp_path / "lake", "--keep", tmp_path / "kept"]
    said = run("fetch", "dubach", "--symbols", "IWM", "--from", "2019", *where)
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "flowbt: 127.0.0.1:9 cannot be reached (Connection refused): check the connection, or give another address with "
        "--url; files already downloaded are kept\n"
    )
    assert not (tmp_path / "lake").exists()


def test_the_data_sets_are_listed(run: Run) -> None:
    assert run("fetch", "--list").out.startswith("dubach       Chains of SPY and IWM from 2008")
    assert run("fetch", "--list", "--json").document[0]["years"]["QQQ"] == [2011, 2025]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "flowbt: give the name of a data set, as in `flowbt fetch dubach --symbols IWM`; --list shows all\n"),
        (["dubac", "--symbols", "IWM"], "did you mean 'dubach'"),
        (["dubach"], "flowbt: name the symbols with --symbols: dubach has IWM, QQQ, SPY\n"),
    ],
)
def test_what_is_not_said_is_asked_for(arguments: list[str], message: str, run: Run) -> None:
    said = run("fetch", *arguments)
    assert said.code == 2
    assert message in said.err
