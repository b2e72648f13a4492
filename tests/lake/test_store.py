"""The store: what a write does to units, to files and to versions; what a reader gets."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from flowbt.errors import LakeError, UnknownNameError
from flowbt.lake import Lake
from flowbt.schema import PRICE_BARS, STORED_ORDER, STRIKE_ROWS

MON, TUE, FEB = date(2026, 1, 5), date(2026, 1, 6), date(2026, 2, 2)
MARCH = date(2026, 3, 20)

Chain = Callable[..., pl.DataFrame]
Bars = Callable[..., pl.DataFrame]


@pytest.fixture
def snapshot(chain: Chain) -> Chain:
    """Two strikes with this much volume in the call."""

    def make(day: date, volume: int = 1, symbol: str = "AAA") -> pl.DataFrame:
        return chain(
            {100: {"call_volume": volume}, 105: {"call_volume": volume}}, day=day, symbol=symbol, expiration=MARCH
        )

    return make


def states(written: pl.DataFrame) -> list[str]:
    return written["state"].to_list()


def files(lake: Lake, version: int | None = None) -> list[str]:
    return sorted(DeltaTable(str(lake.path / "chains"), version=version).file_uris())


def everything(lake: Lake, *columns: str) -> pl.DataFrame:
    return lake.strike_rows(columns or STRIKE_ROWS, lake.symbols(), date(1970, 1, 1), date(2199, 12, 31))


def test_what_is_written_is_read(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    assert everything(lake).equals(snapshot(MON))


def test_units_are_told_by_their_state(lake: Lake, snapshot: Chain) -> None:
    assert states(lake.write_strike_rows(snapshot(MON))) == ["new"]
    written = lake.write_strike_rows(pl.concat([snapshot(MON), snapshot(TUE)]))
    assert written.rows() == [("AAA", MON, "unchanged"), ("AAA", TUE, "new")]


def test_a_unit_that_differs_is_restated(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(pl.concat([snapshot(MON), snapshot(TUE)]))
    assert states(lake.write_strike_rows(snapshot(MON, volume=2))) == ["restated"]
    assert everything(lake, "date", "call_volume").rows() == [(MON, 2), (MON, 2), (TUE, 1), (TUE, 1)]


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.head(1),
        lambda rows: rows.with_columns(call_volume=pl.lit(None, pl.Int64)),
        lambda rows: rows.with_columns(put_gamma=pl.lit(0.0)),
        lambda rows: pl.concat([rows, rows.tail(1).with_columns(strike=pl.lit(110.0))]),
    ],
    ids=["a row less", "a value unknown", "a value known", "a row more"],
)
def test_any_difference_restates(change: Callable[[pl.DataFrame], pl.DataFrame], lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    assert states(lake.write_strike_rows(change(snapshot(MON)))) == ["restated"]
    assert everything(lake).equals(change(snapshot(MON)))


def test_the_order_of_rows_is_no_difference(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    assert states(lake.write_strike_rows(snapshot(MON).reverse())) == ["unchanged"]


def test_one_write_is_one_commit(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(pl.concat([snapshot(day) for day in (MON, TUE, FEB)]))
    assert lake.versions() == {"chains": 0}
    lake.write_strike_rows(pl.concat([snapshot(MON, volume=2), snapshot(FEB, volume=2), snapshot(date(2026, 2, 3))]))
    assert lake.versions() == {"chains": 1}


def test_nothing_new_is_no_commit(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    lake.write_strike_rows(snapshot(MON))
    assert lake.versions() == {"chains": 0}


def test_no_rows_are_no_commit(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    assert lake.write_strike_rows(snapshot(MON).head(0)).is_empty()
    assert lake.versions() == {"chains": 0}


def test_a_restatement_leaves_the_older_version_readable(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    lake.write_strike_rows(snapshot(MON, volume=2))
    assert set(pl.read_parquet(files(lake, version=0), hive_partitioning=False)["call_volume"]) == {1}
    assert set(pl.read_parquet(files(lake), hive_partitioning=False)["call_volume"]) == {2}


def test_a_restatement_leaves_other_months_alone(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(pl.concat([snapshot(MON), snapshot(FEB)]))
    february = [file for file in files(lake) if "2026-02" in file]
    lake.write_strike_rows(snapshot(MON, volume=2))
    assert [file for file in files(lake) if "2026-02" in file] == february


def test_a_restatement_keeps_the_other_symbols_of_the_month(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(pl.concat([snapshot(MON), snapshot(MON, symbol="BBB")]))
    lake.write_strike_rows(snapshot(MON, volume=2))
    assert everything(lake, "symbol", "call_volume").rows() == [("AAA", 2), ("AAA", 2), ("BBB", 1), ("BBB", 1)]


def test_a_commit_writes_one_file_a_month(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(pl.concat([snapshot(day, symbol=name) for day in (MON, TUE, FEB) for name in ("B", "A")]))
    assert len(files(lake)) == 2
    lake.write_strike_rows(snapshot(date(2026, 1, 7)))
    assert len(files(lake)) == 3


def test_files_lie_in_stored_order(lake: Lake, chain: Chain) -> None:
    rows = pl.concat(
        chain({strike: {"call_volume": 1} for strike in (105, 95, 100)}, symbol=symbol, day=day, expiration=expiration)
        for symbol in ("BBB", "AAA")
        for day in (TUE, MON)
        for expiration in (MARCH, date(2026, 1, 16))
    )
    lake.write_strike_rows(rows.sample(fraction=1.0, shuffle=True, seed=1))
    for file in files(lake):
        found = pl.read_parquet(file, hive_partitioning=False)
        assert found.equals(found.sort(STORED_ORDER))


def test_polars_reads_the_table_as_it_stands(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    lake.write_strike_rows(snapshot(FEB))
    found = pl.scan_delta(str(lake.path / "chains")).select(*STRIKE_ROWS).collect().sort(STORED_ORDER)
    assert found.equals(pl.concat([snapshot(MON), snapshot(FEB)]))


def test_duckdb_reads_the_files(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(pl.concat([snapshot(MON), snapshot(FEB, volume=3)]))
    found = duckdb.execute("SELECT sum(call_volume), count(*) FROM read_parquet(?)", [files(lake)]).fetchall()
    assert found == [(8, 4)]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda rows: rows.drop("put_iv"),
        lambda rows: rows.with_columns(extra=pl.lit(1)),
        lambda rows: rows.with_columns(pl.col("call_volume").cast(pl.Float64)),
        lambda rows: rows.rename({"call_iv": "call_vol"}),
    ],
    ids=["a column less", "a column more", "another dtype", "another name"],
)
def test_other_columns_are_refused(wrong: Callable[[pl.DataFrame], pl.DataFrame], lake: Lake, snapshot: Chain) -> None:
    with pytest.raises(LakeError, match="'chains'"):
        lake.write_strike_rows(wrong(snapshot(MON)))
    assert lake.versions() == {}


def damage_half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def damage_all(file: Path) -> None:
    file.write_bytes(b"")


def damage_footer(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-8] + b"\xff" * 8)


@pytest.mark.parametrize("damage", [damage_half, damage_all, damage_footer, Path.unlink])
def test_a_damaged_file_is_said_in_one_sentence(damage: Callable[[Path], None], lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    damage(Path(files(lake)[0]))
    with pytest.raises(
        LakeError, match=r"^'chains/month=.+\.parquet' of the lake cannot be read \(.+\): restore it"
    ) as error:
        Lake(lake.path).strike_rows(["strike"], ["AAA"], MON, MON)
    assert "\n" not in str(error.value)


def test_a_damaged_log_is_said_in_one_sentence(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    (lake.path / "chains" / "_delta_log" / "00000000000000000000.json").write_text("no log\n")
    with pytest.raises(LakeError, match="'chains'"):
        Lake(lake.path).symbols()


def test_a_write_over_a_damaged_file_is_refused(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    damage_half(Path(files(lake)[0]))
    with pytest.raises(LakeError, match="cannot be read"):
        lake.write_strike_rows(snapshot(MON, volume=2))
    assert lake.versions() == {"chains": 0}


def test_a_reader_sees_what_the_same_lake_wrote_after_it_read(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    assert lake.symbols() == ["AAA"]
    lake.write_strike_rows(snapshot(MON, symbol="BBB"))
    assert lake.symbols() == ["AAA", "BBB"]


def test_rows_of_the_asked_symbols_and_days_only(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(pl.concat([snapshot(day, symbol=name) for day in (MON, TUE, FEB) for name in ("A", "B")]))
    found = lake.strike_rows(["symbol", "date"], ["B"], TUE, TUE)
    assert found.unique().rows() == [("B", TUE)]


def test_columns_come_as_asked(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    assert lake.strike_rows(["put_iv", "strike"], ["AAA"], MON, MON).columns == ["put_iv", "strike"]


def test_days_without_files_give_no_rows_but_the_columns(lake: Lake) -> None:
    assert lake.strike_rows(["strike"], ["AAA"], MON, MON).schema == {"strike": pl.Float64()}


def test_snapshots_and_their_contents(lake: Lake, chain: Chain) -> None:
    lake.write_strike_rows(chain({100: {"call_volume": 1, "put_volume": 1}, 105: {"put_volume": 1}}))
    assert lake.snapshots().select("symbol", "date", "strikes").rows() == [("AAA", MON, 2)]
    described = lake.contents().select(
        "symbol",
        "date",
        "contracts",
        "adjusted",
        "oi_lag",
        "stale_open_interest",
        "unknown_open_interest",
        "unknown_volume",
    )
    assert described.rows() == [("AAA", MON, 3, 0, 1, False, False, False)]


def test_an_unknown_symbol_and_the_nearest_that_exists(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON, symbol="IWM"))
    with pytest.raises(UnknownNameError, match="unknown symbol 'IWN'; did you mean 'IWM'"):
        lake.require_symbols(["IWN"])


def test_no_symbol_asked_for_is_all_of_them(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(pl.concat([snapshot(MON, symbol=name) for name in ("B", "A")]))
    assert lake.require_symbols(None) == ["A", "B"]
    assert lake.require_symbols(["B", "A", "B"]) == ["B", "A"]


def test_an_empty_lake_says_what_to_do(lake: Lake) -> None:
    with pytest.raises(LakeError, match=r"no option chains in the lake at .*: add some with `flowbt ingest`"):
        lake.require_symbols(None)


def test_a_lake_that_does_not_exist_is_empty_and_stays_so(lake: Lake) -> None:
    assert lake.symbols() == []
    assert lake.bars().schema == PRICE_BARS
    assert lake.versions() == {}
    assert not lake.path.exists()


def test_bars_are_sorted_whatever_the_order_of_writing(lake: Lake, bars: Bars) -> None:
    lake.write_bars(bars([1, 2], symbol="BBB"))
    lake.write_bars(bars([3, 4], symbol="AAA").reverse())
    assert lake.bars()["close"].to_list() == [3, 4, 1, 2]
    assert lake.bars(["BBB"])["close"].to_list() == [1, 2]


def test_a_restated_bar_replaces_the_old_one_and_no_other(lake: Lake, bars: Bars) -> None:
    lake.write_bars(bars([1, 2, 3]))
    lake.write_bars(bars([9], symbol="BBB"))
    assert states(lake.write_bars(bars([1, 5]))) == ["unchanged", "restated"]
    assert lake.bars()["close"].to_list() == [1, 5, 3, 9]


def test_quarantined_rows_add_up_each_once(lake: Lake) -> None:
    told = {
        "file": "f",
        "format": "canonical",
        "row": 1,
        "reason": "BAD_STRIKE",
        "reasons": "BAD_STRIKE",
        "record": "{}",
    }
    row = pl.DataFrame([told])
    lake.quarantine(row)
    lake.quarantine(pl.concat([row, row.with_columns(file=pl.lit("g"))]))
    assert lake.quarantined() == 2


def test_adjusted_contracts_are_counted(lake: Lake, chain: Chain) -> None:
    odd = chain({1000: {"call_volume": 1}}, root="AAA1", multiplier=10)
    lake.write_strike_rows(pl.concat([chain({100: {"call_volume": 1}}), odd]).sort(STORED_ORDER))
    assert lake.contents()["adjusted"].to_list() == [1]
