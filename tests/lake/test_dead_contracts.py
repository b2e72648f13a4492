"""Contracts that a source lists after their last trading day: SPX options settled at the open of Friday 15 May 2026."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.oi_lag import MIN_CHANGES, detect_oi_lag

THURSDAY, FRIDAY, JUNE = date(2026, 5, 14), date(2026, 5, 15), date(2026, 6, 18)


def test_a_copy_of_the_day_before_shows_in_what_can_still_be_traded(
    outcome: Callable[..., FileOutcome], canonical: Callable[..., str], option: Callable[..., dict[str, str]]
) -> None:
    """Of 130 contracts traded on Thursday 100 are settled on Friday; all others repeat their volume."""

    def row(day: date, expiration: date, strike: int) -> dict[str, str]:
        key = {"symbol": "SPX", "root": "SPX", "date": str(day), "expiration": str(expiration)}
        return option(**key, strike=str(strike), volume=str(strike))

    settled = [row(THURSDAY, FRIDAY, strike) for strike in range(100, 200)]
    lasting = {day: [row(day, JUNE, strike) for strike in range(100, 130)] for day in (THURSDAY, FRIDAY)}
    assert outcome(canonical(*settled, *lasting[THURSDAY], name="thursday.csv")).committed == 130
    refused = outcome(canonical(*lasting[FRIDAY], name="friday.csv"))
    assert "repeats the volume of 100% of the contracts traded on 2026-05-14" in str(refused.reason)


@pytest.mark.parametrize(("root", "lag"), [("SPX", None), ("SPXW", 1)])
def test_what_is_settled_does_not_tell_which_close_open_interest_is_of(
    root: str, lag: int | None, chain: Callable[..., pl.DataFrame], store: Callable[..., Lake]
) -> None:
    more = {"symbol": "SPX", "root": root, "expiration": FRIDAY}
    strikes = range(100, 100 + MIN_CHANGES)
    before = chain({k: {"call_open_interest": 50, "call_volume": 60} for k in strikes}, day=THURSDAY, **more)
    after = chain({k: {"call_open_interest": 0, "call_volume": 0} for k in strikes}, day=FRIDAY, **more)
    assert detect_oi_lag(store(before, after), "SPX", [THURSDAY, FRIDAY]) == lag
