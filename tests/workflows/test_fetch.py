"""A data set fetched from a server on this machine and brought into a lake: downloaded once, accounted for as any ingest."""

from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import polars as pl
import pytest

from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.workflows import fetch as fetching

DAYS = {2019: ["2019-06-03", "2019-06-04"], 2020: ["2020-06-01"], 2021: ["2021-06-01"]}


def chains(symbol: str, year: int) -> pl.DataFrame:
    rows = [
        {
            "contract_id": f"{symbol}{year - 2000}0918{side[0].upper()}{strike * 1000:08d}",
            "symbol": symbol,
            "expiration": f"{year}-09-18",
            "strike": float(strike),
            "type": side,
            "bid": 1.0,
            "ask": 1.2,
            "volume": strike + place,
            "open_interest": 10 * strike,
            "date": day,
            "implied_volatility": 0.2,
            "delta": 0.5 if side == "call" else -0.5,
            "gamma": 0.1,
            "theta": -0.1,
            "vega": 0.1,
            "rho": 0.0,
        }
        for place, day in enumerate(DAYS[year])
        for strike in (150, 151)
        for side in ("call", "put")
    ]
    return pl.DataFrame(rows)


def bars() -> pl.DataFrame:
    days = [day for of_year in DAYS.values() for day in of_year]
    return pl.DataFrame(
        {"date": days, "open": 150.0, "high": 152.0, "low": 149.0, "close": 151.0, "adjusted_close": 140.0, "volume": 1}
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the set: IWM and SPY, 2019 to 2021."""
    folder = tmp_path_factory.mktemp("published")
    for symbol in ("IWM", "SPY"):
        of_symbol = folder / f"parquet_{symbol.lower()}"
        of_symbol.mkdir()
        bars().write_parquet(of_symbol / "underlying_prices.parquet")
        for year in DAYS:
            chains(symbol, year).write_parquet(of_symbol / f"options_{year}.parquet")
    return folder


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def url(published: Path, asked: list[str]) -> Iterator[str]:
    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *said: Any) -> None:
            asked.append(str(said[1]))

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(published)))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fetch(url: str, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def run(*symbols: str, lake: str = "lake", **more: Any) -> dict[str, Any]:
        files = fetching.download("dubach", symbols, **{"url": url, "keep": tmp_path / "kept", **more})
        return fetching.ingest(Lake(tmp_path / lake), files)

    return run


def test_the_years_and_symbols_asked_for_come_in(fetch: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    document = fetch("IWM", "SPY", first=2019, last=2020)
    assert document["chains"]["totals"] == {
        "files": 4, "rejected": 0, "rows_in": 24, "committed": 24, "quarantined": 0, "duplicates": 0, "actions": 0,
    }  # fmt: skip
    assert document["prices"]["totals"]["committed"] == 8
    assert document["totals"]["rows_in"] == document["totals"]["committed"] == 32
    lake = Lake(tmp_path / "lake")
    assert lake.snapshots().select(pl.col("symbol"), pl.col("date").cast(pl.String)).rows() == [
        (symbol, day) for symbol in ("IWM", "SPY") for year in (2019, 2020) for day in DAYS[year]
    ]
    assert set(lake.bars()["close"]) == {151.0}
    assert set(lake.bars()["adj_close"]) == {140.0}


def test_files_stay_in_folders_as_the_set_has_them(fetch: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    document = fetch("IWM", first=2020, last=2020)
    kept = sorted(path.relative_to(tmp_path / "kept").as_posix() for path in (tmp_path / "kept").rglob("*.parquet"))
    assert kept == ["parquet_iwm/options_2020.parquet", "parquet_iwm/underlying_prices.parquet"]
    assert [row["checked"] for row in document["downloads"]] == ["size", "size"]


def test_a_second_time_downloads_and_changes_nothing(
    fetch: Callable[..., dict[str, Any]], asked: list[str], tmp_path: Path
) -> None:
    fetch("IWM", first=2019, last=2020)
    versions = Lake(tmp_path / "lake").versions()
    asked.clear()
    again = fetch("IWM", first=2019, last=2020)
    assert (asked, sum(row["downloaded"] for row in again["downloads"])) == ([], 0)
    assert {file["status"] for file in again["chains"]["files"]} == {"unchanged"}
    assert Lake(tmp_path / "lake").versions() == versions


def test_more_years_download_only_themselves(fetch: Callable[..., dict[str, Any]], asked: list[str]) -> None:
    fetch("IWM", first=2019, last=2019)
    asked.clear()
    document = fetch("IWM", first=2019, last=2020)
    assert asked == ["GET /parquet_iwm/options_2020.parquet HTTP/1.1"]
    assert document["chains"]["totals"]["committed"] == 4


def test_an_address_may_say_where_a_symbol_is(fetch: Callable[..., dict[str, Any]], url: str) -> None:
    document = fetch("SPY", first=2021, last=2021, url=f"{url}/parquet_{{symbol}}/")
    assert document["chains"]["totals"]["committed"] == 4


def test_a_year_that_the_address_lacks_ingests_nothing(fetch: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    with pytest.raises(FlowbtError, match=r"options_2022\.parquet' cannot be downloaded \(HTTP 404"):
        fetch("IWM", first=2021, last=2022)
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize(
    ("symbols", "years", "message"),
    [
        (("XYZ",), {}, "unknown symbol 'XYZ'.*dubach has IWM, QQQ, SPY"),
        (("IWMM",), {}, "did you mean 'IWM'"),
        ((), {}, "name the symbols with --symbols: dubach has IWM, QQQ, SPY"),
        (("QQQ",), {"last": 2010}, "dubach has QQQ from 2011 to 2025: give --from and --to within these years"),
        (("IWM",), {"first": 2021, "last": 2020}, "dubach has IWM from 2008 to 2025"),
    ],
)
def test_what_the_set_does_not_have(
    symbols: tuple[str, ...],
    years: dict[str, int],
    message: str,
    fetch: Callable[..., dict[str, Any]],
    asked: list[str],
) -> None:
    with pytest.raises(FlowbtError, match=message):
        fetch(*symbols, **years)
    assert asked == []


def test_the_files_are_kept_in_a_cache_folder(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    files = fetching.download("dubach", ["IWM"], 2019, 2019, url=url)
    assert files.folder == tmp_path / "flowbt" / "dubach"
    assert len(files.chains) == 1
