"""Prints in the store: whole days, in the order of time, as often as they came."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable

from flowbt.errors import LakeError
from flowbt.lake import Lake
from flowbt.schema import PRINT_ORDER, PRINTS, conform
from flowbt.workflows.lake_status import lake_status

THU, FRI, FEB = date(2026, 1, 8), date(2026, 1, 9), date(2026, 2, 2)

Prints = Callable[..., pl.DataFrame]
Bars = Callable[..., pl.DataFrame]


@pytest.fixture(scope="session")
def prints() -> Prints:
    """Prints of one day, a minute apart from 14:30 UTC on, from their sizes."""

    def make(*sizes: int, day: date = THU, symbol: str = "AAA", **columns: Any) -> pl.DataFrame:
        rows = [
            {
                "symbol": symbol,
                "date": day,
                "time": datetime(day.year, day.month, day.day, 14, 30 + n, tzinfo=UTC),
                "root": symbol,
                "expiration": date(2026, 3, 20),
                "strike": 100.0,
                "option_type": "call",
                "price": 1.5,
                "size": size,
                "multiplier": 100.0,
                "source": "test",
            }
            | columns
            for n, size in enumerate(sizes)
        ]
        return conform(pl.DataFrame(rows), PRINTS)

    return make


def states(written: pl.DataFrame) -> list[str]:
    return written["state"].to_list()


def files(lake: Lake) -> list[str]:
    return sorted(DeltaTable(str(lake.path / "prints")).file_uris())


def everything(lake: Lake, *symbols: str) -> pl.DataFrame:
    return lake.prints(symbols or ["AAA", "BBB"], date(1970, 1, 1), date(2199, 12, 31))


def test_what_is_written_is_read(lake: Lake, prints: Prints) -> None:
    rows = prints(1, 2, side="ask", bid=1.4, ask=1.5, underlying_price=99.5, order="7", iv=0.2, delta=0.5)
    assert states(lake.write_prints(rows)) == ["new"]
    assert everything(lake).equals(rows)
    assert lake.versions() == {"prints": 0}


def test_the_same_day_again_is_unchanged_in_any_order(lake: Lake, prints: Prints) -> None:
    lake.write_prints(prints(1, 2, 3))
    assert states(lake.write_prints(prints(1, 2, 3).reverse())) == ["unchanged"]
    assert lake.versions() == {"prints": 0}


def test_equal_prints_are_stored_as_often_as_they_came(lake: Lake, prints: Prints) -> None:
    twice = pl.concat([prints(1), prints(1)])
    lake.write_prints(twice)
    assert everything(lake).height == 2
    assert states(lake.write_prints(twice)) == ["unchanged"]


def test_a_print_once_less_restates_the_day(lake: Lake, prints: Prints) -> None:
    lake.write_prints(pl.concat([prints(1), prints(1), prints(1)]))
    assert states(lake.write_prints(prints(1))) == ["restated"]
    assert everything(lake).height == 1


def test_a_restated_day_leaves_the_others_of_its_month_alone(lake: Lake, prints: Prints) -> None:
    others = [prints(1, day=FRI), prints(2, symbol="BBB"), prints(3, day=FEB)]
    lake.write_prints(pl.concat([prints(4, 5), *others]))
    february = [file for file in files(lake) if "2026-02" in file]
    assert states(lake.write_prints(prints(6))) == ["restated"]
    assert everything(lake, "AAA").sort("date")["size"].to_list() == [6, 1, 3]
    assert everything(lake, "BBB")["size"].to_list() == [2]
    assert [file for file in files(lake) if "2026-02" in file] == february


def test_one_write_is_one_commit_and_one_file_a_month(lake: Lake, prints: Prints) -> None:
    lake.write_prints(pl.concat([prints(1, day=day, symbol=name) for day in (THU, FRI, FEB) for name in ("B", "A")]))
    assert (lake.versions(), len(files(lake))) == ({"prints": 0}, 2)


def test_files_lie_in_the_order_of_time(lake: Lake, prints: Prints) -> None:
    rows = pl.concat([prints(3, 1, 2, symbol=name, day=day) for name in ("BBB", "AAA") for day in (FRI, THU)])
    lake.write_prints(rows.sample(fraction=1.0, shuffle=True, seed=1))
    found = pl.read_parquet(files(lake)[0], hive_partitioning=False).select(*PRINTS)
    assert found.select("symbol", "date", "size").rows() == [
        (name, day, size) for name in ("AAA", "BBB") for day in (THU, FRI) for size in (3, 1, 2)
    ]


def test_prints_of_one_moment_lie_in_the_same_order_whatever_the_order_of_writing(
    tmp_path: Path, prints: Prints
) -> None:
    rows = pl.concat([prints(1, bid=bid) for bid in (1.4, 1.2, None, 1.3)])
    found = []
    for n, incoming in enumerate((rows, rows.reverse())):
        lake = Lake(tmp_path / str(n))
        lake.write_prints(incoming)
        found.append(everything(lake)["bid"].to_list())
    assert found == [[None, 1.2, 1.3, 1.4]] * 2


def test_the_order_is_of_every_column() -> None:
    assert sorted(PRINT_ORDER) == sorted(PRINTS)
    assert PRINT_ORDER[:3] == ("symbol", "date", "time")


def test_prints_of_the_asked_symbols_and_days_only(lake: Lake, prints: Prints) -> None:
    lake.write_prints(pl.concat([prints(1, day=day, symbol=name) for day in (THU, FRI, FEB) for name in ("A", "B")]))
    assert lake.prints(["B"], FRI, FRI).select("symbol", "date").rows() == [("B", FRI)]


def test_columns_come_as_asked(lake: Lake, prints: Prints) -> None:
    lake.write_prints(prints(1))
    assert lake.prints(["AAA"], THU, THU, columns=["size", "time"]).columns == ["size", "time"]


def test_a_lake_without_prints_gives_their_columns(lake: Lake) -> None:
    assert lake.prints(["AAA"], THU, THU).schema == PRINTS
    assert lake.tape().is_empty()
    assert lake.tape().columns[:3] == ["symbol", "date", "prints"]
    assert not lake.path.exists()


def test_a_reader_sees_what_the_same_lake_wrote_after_it_read(lake: Lake, prints: Prints) -> None:
    lake.write_prints(prints(1))
    assert everything(lake).height == 1
    lake.write_prints(prints(2, day=FRI))
    assert everything(lake).height == 2


def test_other_columns_are_refused(lake: Lake, prints: Prints) -> None:
    with pytest.raises(LakeError, match="'prints'"):
        lake.write_prints(prints(1).drop("order"))


def test_of_which_days_there_are_prints(lake: Lake, prints: Prints) -> None:
    lake.write_prints(pl.concat([prints(1, 1), prints(2, day=FEB), prints(1, symbol="BBB")]))
    assert lake.tape().select("symbol", "date", "prints").rows() == [("AAA", THU, 2), ("AAA", FEB, 1), ("BBB", THU, 1)]


def test_status_tells_symbols_and_ranges_of_prints(lake: Lake, prints: Prints) -> None:
    lake.write_prints(pl.concat([prints(1, 1), prints(2, day=FEB), prints(1, symbol="BBB")]))
    found = lake_status(lake).document()
    assert found["version"] == {"prints": 0}
    assert found["prints"] == [
        {"symbol": "AAA", "first": THU, "last": FEB, "sessions": 2, "prints": 3},
        {"symbol": "BBB", "first": THU, "last": THU, "sessions": 1, "prints": 1},
    ]


def test_status_of_a_lake_without_prints(lake: Lake, bars: Bars) -> None:
    lake.write_bars(bars([1, 2]))
    assert lake_status(lake).prints == ()
