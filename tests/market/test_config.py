from datetime import date, datetime
from typing import Any

import pytest

from flowbt.errors import FlowbtError
from flowbt.market import MarketConfig


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("symbols", 0),
        ("symbols", 1.5),
        ("symbols", True),
        ("sessions", 0),
        ("seed", -1),
        ("edge_bp", float("nan")),
        ("edge_bp", 5000.0),
        ("edge_horizon", 0),
        ("contracts_per_snapshot", 10),
        ("warmup_bars", -1),
        ("last_session", datetime(2025, 12, 31)),  # noqa: DTZ001
        ("last_session", date(2025, 12, 25)),
    ],
)
def test_nonsense_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(FlowbtError, match=field):
        MarketConfig(**{field: value})


def test_a_holiday_as_last_session_names_the_session_before() -> None:
    with pytest.raises(FlowbtError, match="2025-12-24"):
        MarketConfig(last_session=date(2025, 12, 25))


def test_days_end_on_the_last_session() -> None:
    config = MarketConfig(sessions=10, warmup_bars=100, last_session=date(2024, 7, 5))
    assert config.days()[-1] == date(2024, 7, 5)
    assert len(config.days()) == 110


def test_symbols_cannot_be_taken_for_real_ones() -> None:
    assert MarketConfig(symbols=2).names == ["SYN000", "SYN001"]
