"""What every shipped signal and strategy keeps to: it decides by the past alone (`flowbt.audit`), on both clocks."""

from pathlib import Path

import polars as pl
import pytest

from flowbt.audit import Audit, Subject, run_audit, signal_subject, strategy_subject
from flowbt.audit.replay import Replay
from flowbt.audit.warm_up import warm_ups
from flowbt.lake import Lake
from flowbt.metrics import DECISIONS, SHIPPED, Catalogue, Decision, Request, compute
from flowbt.signals import SIGNALS, CallBreakout, FlowVerdict, MaxPainGravity, Signal
from flowbt.strategy import load_strategy

STRATEGIES = sorted((Path(__file__).parents[2] / "strategies").glob("*.py"))


@pytest.fixture(params=DECISIONS)
def decision(request: pytest.FixtureRequest) -> Decision:
    found: Decision = request.param
    return found


def assert_decides_by_the_past(subject: Subject, market: Lake, decision: Decision) -> None:
    found: Audit = run_audit(subject, market, market.symbols(), decision=decision, changes=8, random=4)
    assert found.ok, found.checks
    assert found.asks
    # shipped formulas keep to the last bit
    assert not any("rounding" in check.detail or "Not computed" in check.detail for check in found.checks)


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_decides_by_the_past(name: str, market: Lake, decision: Decision) -> None:
    subject = signal_subject(SIGNALS[name](), catalogue=Catalogue(parent=SHIPPED))
    assert_decides_by_the_past(subject, market, decision)


@pytest.mark.parametrize("path", STRATEGIES, ids=lambda path: path.stem)
def test_a_strategy_decides_by_the_past(path: Path, market: Lake, decision: Decision) -> None:
    loaded = load_strategy(path)
    assert_decides_by_the_past(strategy_subject(loaded.strategy(), loaded.catalogue), market, decision)


@pytest.mark.parametrize(
    ("signal", "sessions"),
    [(FlowVerdict(lookback=20, min_history=10), 21), (MaxPainGravity(), 0), (CallBreakout(), 0)],
    ids=lambda value: str(value) if isinstance(value, int) else value.name(),
)
def test_a_signal_remembers_as_much_as_it_says(signal: Signal, sessions: int, market: Lake) -> None:
    """The habit of 20 sessions before today, of which the first needs another one before it for its change."""
    replay = Replay(signal_subject(signal, catalogue=Catalogue(parent=SHIPPED)), "snapshot", market, "close")
    days = market.snapshots()["date"].unique().sort().to_list()
    assert max(warm_up.sessions for warm_up in warm_ups(replay, days)) == sessions


def said(name: str, market: Lake, decision: Decision) -> pl.DataFrame:
    return compute(market, Request(tuple(market.symbols()), expressions=SIGNALS[name]().columns(), decision=decision))


def test_the_clocks_decide_differently(market: Lake) -> None:
    """Else the one could be tested in the other's place."""
    scores = [said("flow_verdict", market, decision)["score"] for decision in DECISIONS]
    assert not scores[0].equals(scores[1])


@pytest.mark.parametrize("name", SIGNALS)
def test_a_score_lies_between_minus_one_and_one_and_agrees_with_its_verdict(
    name: str, market: Lake, decision: Decision
) -> None:
    scored = said(name, market, decision).drop_nulls("score")
    assert scored["score"].is_between(-1, 1).all()
    assert (scored["score"].sign() * scored["verdict"] >= 0).all()
    assert scored["verdict"].is_in([-1, 0, 1]).all()


@pytest.mark.parametrize("path", STRATEGIES, ids=lambda path: path.stem)
def test_a_shipped_strategy_is_short_and_says_its_idea(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 40
    assert load_strategy(path).strategy.__doc__
