"""The numbers of the flow report on IWM of 2026-04-08, each at the precision at which it is printed."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from tests.seeds import april
from tests.seeds.april import DAY

from flowbt.calendar import sessions
from flowbt.lake import Lake
from flowbt.metrics import Request, compute
from flowbt.signals import FlowVerdict

MILLION = 1e6
PRINTED = {
    "net_premium": (-126.5, MILLION, 1),
    "put_call_volume_ratio": (2.98, 1, 2),
    "put_call_oi_ratio": (2.51, 1, 2),
    "put_oi_cluster(rank=1)": (230, 1, 0),
    "put_oi_cluster(rank=2)": (240, 1, 0),
    "put_oi_cluster(rank=3)": (245, 1, 0),
    "put_oi_cluster_size(rank=1)": (132_452, 1, 0),
    "put_oi_cluster_size(rank=2)": (124_776, 1, 0),
    "put_oi_cluster_size(rank=3)": (120_817, 1, 0),
    "put_oi_band_low": (230, 1, 0),
    "put_oi_band_high": (245, 1, 0),
    "max_pain": (250, 1, 0),
    "max_pain_gap": (4.2, 0.01, 1),
    "gex": (-12.5, MILLION, 1),
    "dex_gross": (168.5, MILLION, 1),
}
NAMES = (*PRINTED, "spot", "max_pain_flat", "hedging_reading")
Report = dict[str, Any]


@pytest.fixture(scope="module")
def report(april_lake: Lake) -> Report:
    """The day's metrics, with the verdict over the sessions held."""
    request = Request(("IWM",), DAY, DAY, metrics=NAMES, expressions=FlowVerdict().columns())
    return compute(april_lake, request).row(0, named=True)


@pytest.fixture(scope="module")
def contracts(april_lake: Lake) -> pl.DataFrame:
    """The day's strikes with what was added and traded of each."""
    names = [
        f"{side}_{name}" for side in ("call", "put") for name in ("contract_oi_change", "premium", "large_contract_day")
    ]
    return compute(april_lake, Request(("IWM",), DAY, DAY, "strike", tuple(names)))


@pytest.mark.parametrize("name", PRINTED)
def test_number(name: str, report: Report) -> None:
    printed, unit, digits = PRINTED[name]
    assert round(report[name] / unit, digits) == printed


@pytest.mark.parametrize(("strike", "held"), [(260, 7_467), (259, 1_459)])
def test_calls_held_near_the_spot_in_the_next_expiry(strike: int, held: int, april_lake: Lake) -> None:
    column = "call_oi_at_strike[expiry=nearest]"
    levels = compute(april_lake, Request(("IWM",), DAY, DAY, "level", (column,)))
    assert levels.filter(pl.col("strike") == strike)[column].to_list() == [held]


def test_calls_of_the_next_expiry_concentrate_from_256_to_260(april_lake: Lake) -> None:
    names = tuple(f"call_oi_cluster(rank={rank})[expiry=nearest]" for rank in (1, 2, 3))
    found = compute(april_lake, Request(("IWM",), DAY, DAY, metrics=names)).select(names).row(0)
    assert set(found) == {256.0, 258.0, 260.0}


def test_max_pain_is_flat_over_the_next_expiries(report: Report) -> None:
    assert report["max_pain_flat"] is True


def test_max_pain_is_250_in_each_expiry_until_24_april(april_lake: Lake) -> None:
    expiries = compute(april_lake, Request(("IWM",), DAY, DAY, "expiry", ("max_pain",)))
    held = expiries.filter(pl.col("max_pain").is_not_null(), pl.col("expiration") <= date(2026, 4, 24))
    assert held["max_pain"].to_list() == [250.0] * 8


def test_gap_is_that_of_the_chains_own_spot_not_of_the_close(april_lake: Lake, report: Report) -> None:
    close = april_lake.bars(("IWM",)).filter(pl.col("date") == DAY)["close"].item()
    assert (report["spot"], close) == (260.5, 261.30)
    assert f"{close / report['max_pain'] - 1:.1%}" == "4.5%"


def test_largest_put_premium_is_in_the_two_contracts_named(contracts: pl.DataFrame) -> None:
    top = contracts.sort("put_premium", descending=True, nulls_last=True).head(2)
    assert top.select("expiration", "strike", "put_large_contract_day").rows() == [
        (date(2026, 5, 15), 249.0, True),
        (date(2026, 4, 24), 256.0, True),
    ]


def test_most_puts_were_added_in_the_two_contracts_named(contracts: pl.DataFrame) -> None:
    top = contracts.sort("put_contract_oi_change", descending=True, nulls_last=True).head(2)
    assert top.select("expiration", "strike", "put_contract_oi_change").rows() == [
        (date(2026, 5, 15), 249.0, 16_780),
        (date(2026, 4, 24), 256.0, 11_340),
    ]


@pytest.mark.parametrize(
    ("expiration", "strike", "added"), [(date(2026, 4, 24), 267.0, 640), (date(2026, 5, 15), 270.0, 910)]
)
def test_calls_added_higher_up_are_few(expiration: date, strike: float, added: int, contracts: pl.DataFrame) -> None:
    row = contracts.filter(pl.col("expiration") == expiration, pl.col("strike") == strike).row(0, named=True)
    assert row["call_contract_oi_change"] == added
    assert row["call_large_contract_day"] is False


def test_added_puts_read_as_plain_puts(report: Report) -> None:
    assert report["hedging_reading"] == "plain puts"


def test_verdict_against_the_sessions_before_is_bearish(report: Report) -> None:
    assert report["verdict"] == -1


def test_no_contract_changes_by_more_than_was_traded(april_lake: Lake) -> None:
    breaches = compute(april_lake, Request(("IWM",), metrics=("oi_breaches",)))
    assert breaches["oi_breaches"].to_list() == [None, *[0] * 25]


def test_no_session_is_taken_for_a_dividend_play(april_lake: Lake) -> None:
    plays = compute(april_lake, Request(("IWM",), metrics=("is_dividend_play",)))
    assert plays["is_dividend_play"].to_list() == [False] * 26


def test_prices_of_an_expiry_fall_with_the_strike_for_calls_and_rise_for_puts() -> None:
    steps = (
        april.chain().with_columns(pl.col("call_last", "put_last").diff().over("expiration")).drop_nulls("call_last")
    )
    assert steps["call_last"].max() == 0
    assert steps["put_last"].min() == 0


def test_all_25_sessions_before_the_day_are_held(april_lake: Lake) -> None:
    days = april_lake.snapshots(("IWM",))["date"].to_list()
    assert days == sessions(date(2026, 3, 3), DAY)
    assert len(days) == 26
