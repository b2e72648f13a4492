"""A lake in an object store: moto's server of S3 on this machine, with its conditional puts, in place of a real one."""

import json
import logging
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import count

import polars as pl
import pytest
from deltalake import DeltaTable

from flowbt.errors import LakeError, StoreDamagedError
from flowbt.lake import Lake
from flowbt.lake.compact import compact_lake
from flowbt.lake.delta.storage import place_of
from flowbt.lake.verify import Verification, verify_lake

Chain = Callable[..., pl.DataFrame]
MON = date(2026, 1, 5)
serial = count()


@pytest.fixture(scope="module")
def options() -> Iterator[Mapping[str, str]]:
    """How to reach the server."""
    moto = pytest.importorskip("moto.server", reason="moto's server, which stands for S3, is not installed")
    try:
        server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        port = server.get_host_and_port()[1]
        signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request"}
        url = f"http://127.0.0.1:{port}"
        urllib.request.urlopen(urllib.request.Request(f"{url}/bucket", method="PUT", headers=signed))  # noqa: S310
    except OSError as error:
        pytest.skip(f"moto's server does not start: {error}")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    yield {
        "aws_endpoint_url": url,
        "aws_allow_http": "true",
        "aws_access_key_id": "x",
        "aws_secret_access_key": "y",
        "aws_region": "us-east-1",
    }
    server.stop()


@pytest.fixture
def reopen(options: Mapping[str, str]) -> Callable[..., Lake]:
    """The lake of this test, opened anew."""
    address = f"s3://bucket/folder/lake{next(serial)}"
    return lambda as_of=None: Lake(address, as_of, storage_options=options)


def test_what_is_written_is_read(reopen: Callable[..., Lake], chain: Chain, options: Mapping[str, str]) -> None:
    rows = chain({100: {"call_volume": 1}, 105: {}})
    assert reopen().versions() == {}
    assert reopen().write_strike_rows(rows)["state"].to_list() == ["new"]
    assert reopen().write_strike_rows(rows)["state"].to_list() == ["unchanged"]
    assert reopen().write_strike_rows(rows.head(1))["state"].to_list() == ["restated"]
    assert reopen().snapshots()["strikes"].to_list() == [1]
    assert reopen(0).snapshots()["strikes"].to_list() == [2]
    assert DeltaTable(f"{reopen().address}/chains", storage_options=dict(options)).version() == 1


def test_options_may_come_from_the_environment(
    reopen: Callable[..., Lake], chain: Chain, options: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in options.items():
        monkeypatch.setenv(name.upper(), value)
    lake = Lake(reopen().address)
    lake.write_strike_rows(chain({100: {}}))
    assert lake.snapshots().height == 1


def test_verify_and_compact(reopen: Callable[..., Lake], chain: Chain) -> None:
    for day in range(3):
        reopen().write_strike_rows(chain({100: {}}, day=MON + timedelta(days=day)))
    compact_lake(reopen())
    assert verify_lake(reopen()) == Verification(ok=True, files=4 + 1 + 4, damaged=(), unreferenced=())
    place = reopen().ledger.place
    name = next(iter(name for name in place.walk("chains") if name.endswith(".parquet")))
    place.stage(name, place.read(name)[:-1]).replace()
    assert [row.path for row in verify_lake(reopen()).damaged] == [name]
    place.stage("chains/HEAD", json.dumps({}).encode()).replace()
    with pytest.raises(StoreDamagedError, match="HEAD is incomplete"):
        reopen().snapshots()


def test_of_two_that_create_one_object_one_does(options: Mapping[str, str]) -> None:
    place = place_of(f"s3://bucket/race{next(serial)}", options)

    def create(name: str, data: str) -> bool:
        try:
            place.stage(name, data.encode()).create()
        except FileExistsError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        for number in range(25):
            assert sum(pool.map(lambda who, name=str(number): create(name, str(who)), range(4))) == 1


def test_writers_without_a_lock(reopen: Callable[..., Lake], chain: Chain) -> None:
    """Each writes days of its own and one that all write."""
    days = [MON + timedelta(days=day) for day in range(9)]

    def write(who: int) -> None:
        for day in (days[2 * who + 1], days[0], days[2 * who + 2]):
            reopen().write_strike_rows(chain({100: {}}, day=day))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert reopen().snapshots()["strikes"].to_list() == [1] * 9
    assert verify_lake(reopen()).ok


def test_a_store_that_cannot_be_reached() -> None:
    nobody = {"aws_endpoint_url": "http://127.0.0.1:9", "aws_allow_http": "true", "aws_access_key_id": "x"}
    nobody |= {"aws_secret_access_key": "y", "aws_region": "us-east-1", "timeout": "1s"}
    with pytest.raises(LakeError, match="table 'chains' of the lake at 's3://bucket/lake' cannot be"):
        Lake("s3://bucket/lake", storage_options=nobody).snapshots()
