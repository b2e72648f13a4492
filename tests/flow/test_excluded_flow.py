"""What is left out of the flow or told beside it."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.flow.cited import cited_contracts
from flowbt.flow.contracts import notable_contracts
from flowbt.flow.day import Day
from flowbt.flow.excluded_flow import (
    EXPIRED,
    DividendPlay,
    ExcludedFlow,
    ExpiringContracts,
    OpenInterestBreaches,
    ParityPremium,
    RefusedCitation,
    RejectedPrint,
    SmallContract,
    excluded_flow,
    expired_prints,
)
from flowbt.lake import Lake
from flowbt.lake.intake.ingest import ingest_files

MakeDay = Callable[..., Day]
MakeRow = Callable[..., dict[str, Any]]
NONE = expired_prints(pl.DataFrame(schema={"record": pl.String}), "AAA")


def excluded(day: Day, rejected: pl.DataFrame = NONE, contracts: tuple[str, ...] = ()) -> tuple[ExcludedFlow, ...]:
    return excluded_flow(day, notable_contracts(day), cited_contracts(day, contracts), rejected)


def test_nothing_to_discount(make_day: MakeDay) -> None:
    assert excluded(make_day(gross_premium=1_000.0, is_dividend_play=False, oi_breaches=0)) == ()


def test_with_nothing_known_nothing_is_discounted(make_day: MakeDay) -> None:
    assert excluded(make_day()) == ()


def test_a_dividend_play_is_told_with_the_flow_that_it_would_have_made(make_day: MakeDay) -> None:
    known = {"dividend_play_premium": 900.0, "dividend_play_calls": 41, "net_premium": -50.0}
    day = make_day(is_dividend_play=True, **known, **{"net_premium(dividend_plays=include)": 850.0})
    assert excluded(day) == (DividendPlay(premium=900.0, calls=41, net_premium=-50.0, net_premium_with=850.0),)


def test_a_notable_contract_that_is_noise_is_set_against_the_other_side(make_day: MakeDay, option: MakeRow) -> None:
    small = option(105, "call", premium=1.0, is_noise=True)
    puts = [option(95, "put", premium=60.0), option(90, "put", premium=40.0), option(80, "put")]
    [found] = excluded(make_day([small, *puts]))
    assert isinstance(found, SmallContract)
    assert (found.kind, found.contract, found.other_premium) == ("small", "AAA260116C00105000", 100.0)


def test_a_dividend_play_is_none_of_the_other_side_s_premium(make_day: MakeDay, option: MakeRow) -> None:
    small = option(95, "put", premium=1.0, is_noise=True)
    calls = [option(105, premium=60.0), option(50, premium=9_000.0, dividend_play=True)]
    [found] = excluded(make_day([small, *calls]))
    assert isinstance(found, SmallContract)
    assert found.other_premium == 60.0


@pytest.mark.parametrize(("premium", "share"), [(20.0, 0.02), (19.9, None), (0.0, None), (None, None)])
def test_expiring_contracts_from_a_fiftieth_of_the_premium_on(
    premium: float | None, share: float | None, make_day: MakeDay
) -> None:
    day = make_day(
        gross_premium=1_000.0,
        **{"gross_premium[expiry=today]": premium, "call_volume[expiry=today]": 3, "put_volume[expiry=today]": 4},
    )
    if share is None or premium is None:
        assert excluded(day) == ()
    else:
        expected = ExpiringContracts(premium=premium, share_of_gross=share, call_volume=3, put_volume=4)
        assert excluded(day) == (expected,)


def test_deep_in_the_money_contracts(make_day: MakeDay) -> None:
    day = make_day(gross_premium=1_000.0, **{"gross_premium[delta>=0.9]": 100.0})
    assert excluded(day) == (ParityPremium(premium=100.0, share_of_gross=0.1),)


def test_without_a_gross_premium_there_is_no_share_of_it(make_day: MakeDay) -> None:
    assert excluded(make_day(gross_premium=0.0, **{"gross_premium[delta>=0.9]": 100.0})) == ()


def test_open_interest_that_changed_by_more_than_traded(make_day: MakeDay) -> None:
    assert excluded(make_day(oi_breaches=2)) == (OpenInterestBreaches(contracts=2),)


def test_cited_contracts_that_are_refused(make_day: MakeDay, option: MakeRow) -> None:
    found = excluded(make_day([option(100)]), contracts=("AAA260116C00100000", "AAA20250919C220"))
    [refused] = found
    assert isinstance(refused, RefusedCitation)
    assert (refused.kind, refused.contract, refused.refused) == ("refused", "AAA20250919C220", "expired")


def test_the_kinds_come_in_their_order(make_day: MakeDay, option: MakeRow) -> None:
    day = make_day(
        [option(100, premium=1.0, is_noise=True)], gross_premium=10.0, is_dividend_play=True, oi_breaches=1,
        **{"gross_premium[expiry=today]": 5.0, "gross_premium[delta>=0.9]": 5.0},
    )  # fmt: skip
    found = excluded(day, rejected(), contracts=("nothing",))
    assert [row.kind for row in found] == [
        "dividend_play", "small", "expiring", "parity", "breaches", "refused", "rejected",
    ]  # fmt: skip


RECORD = {
    "symbol": "AAA", "date": "2026-01-05", "root": "AAA", "expiration": "2025-09-19", "strike": 220.0,
    "option_type": "call", "side": "ask", "size": 30, "price": 2.0, "multiplier": 100.0,
}  # fmt: skip


def rejected(**changes: Any) -> pl.DataFrame:
    return expired_prints(pl.DataFrame({"record": [json.dumps(RECORD | changes)]}), "AAA")


def test_an_expired_print(make_day: MakeDay) -> None:
    [found] = excluded(make_day(), rejected())
    assert found == RejectedPrint(
        date=date(2026, 1, 5),
        contract="AAA250919C00220000",
        expiration=date(2025, 9, 19),
        side="ask",
        size=30,
        price=2.0,
        premium=6_000.0,
    )


def test_a_print_of_another_day_is_that_day_s(make_day: MakeDay) -> None:
    assert excluded(make_day(), rejected(date="2026-01-06")) == ()


@pytest.mark.parametrize(
    "changes",
    [{"symbol": "BBB"}, {"date": None}, {"expiration": None}, {"strike": None}, {"option_type": None}, {"size": None}],
)
def test_what_is_no_print_of_a_contract_of_the_symbol_is_left_out(changes: dict[str, Any]) -> None:
    assert rejected(**changes).height == 0


def test_the_largest_expired_print_comes_first() -> None:
    records = [json.dumps(RECORD | {"size": size}) for size in (1, 3, 2)]
    assert expired_prints(pl.DataFrame({"record": records}), "AAA")["size"].to_list() == [3, 2, 1]


def brought_in(folder: Path, format_name: str, *rows: dict[str, str]) -> pl.DataFrame:
    path = folder / "file.csv"
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    lake = Lake(folder / "lake")
    ingest_files(lake, format_name, [str(path)], max_quarantine=1.0)
    return lake.quarantined_rows(EXPIRED)


EXECUTION = {
    "symbol": "AAA", "time": "2026-01-05T15:30:00Z", "expiration": "2026-01-16", "strike": "100", "option_type": "call",
    "price": "2", "size": "30", "bid": "1.9", "ask": "2",
}  # fmt: skip


def test_an_expired_print_of_a_tape(tmp_path: Path, make_day: MakeDay) -> None:
    quarantined = brought_in(tmp_path, "prints", EXECUTION, EXECUTION | {"expiration": "2025-09-19", "strike": "220"})
    [found] = excluded(make_day(), expired_prints(quarantined, "AAA"))
    assert isinstance(found, RejectedPrint)
    assert (found.kind, found.contract, found.premium) == ("rejected", "AAA250919C00220000", 6_000.0)


def test_an_expired_print_of_the_vendor_s_tape(tmp_path: Path, make_day: MakeDay) -> None:
    row = {
        "executed_at": "2026-01-05 15:30:00.00714+00", "underlying_symbol": "AAA", "option_chain_id": "AAA250919C00220000",
        "side": "ask", "strike": "220", "option_type": "call", "expiry": "2025-09-19", "underlying_price": "100",
        "nbbo_bid": "1.9", "nbbo_ask": "2", "price": "2", "size": "30", "premium": "6000", "volume": "1",
        "open_interest": "1", "implied_volatility": "0.2", "delta": "0.1", "canceled": "f", "exchange": "XCBO",
    }  # fmt: skip
    quarantined = brought_in(tmp_path, "unusual-whales", row)
    [found] = excluded(make_day(), expired_prints(quarantined, "AAA"))
    assert isinstance(found, RejectedPrint)
    assert (found.contract, found.side, found.size) == ("AAA250919C00220000", "ask", 30)


def test_an_expired_row_of_a_chain_is_no_print(tmp_path: Path) -> None:
    row = {
        "symbol": "AAA", "date": "2026-01-05", "expiration": "2025-09-19", "strike": "220", "option_type": "call",
        "last": "2", "volume": "30", "open_interest": "5",
    }  # fmt: skip
    quarantined = brought_in(tmp_path, "canonical", row, row | {"expiration": "2026-01-16"})
    assert quarantined.height == 1
    assert expired_prints(quarantined, "AAA").height == 0
