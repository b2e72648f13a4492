from dataclasses import replace

import pytest
from tests.report.flow.hand_made import FACTS, followed, make_report

from flowbt.flow.follow_up import FollowedIdea, FollowUp
from flowbt.flow.followed_triggers import Observed
from flowbt.report.flow import with_sentences


def worded(follow_up: FollowUp) -> FollowUp:
    found = with_sentences(replace(FACTS, follow_up=follow_up)).follow_up
    assert found is not None
    return found


@pytest.fixture
def follow_up() -> FollowUp:
    return worded(followed(FACTS))


def test_the_path_from_the_days_close(follow_up: FollowUp) -> None:
    assert follow_up.says == (
        "From the close of $100.40: +0.60% after 1 session ($101), −1.39% after 3 sessions ($99). The verdict was bearish.",
    )


def test_without_later_prices() -> None:
    assert worded(replace(followed(FACTS), path=())).says == (
        "The lake has no price for any session after 2026-01-05.",
    )


def test_each_trigger_has_the_numbers_it_was_judged_by(follow_up: FollowUp) -> None:
    assert [row.outcome for row in follow_up.watch] == [
        "Unwound (2026-01-06: open interest 20,000).",
        "Not known yet: the lake has no data of 2026-01-06 for it.",
        "Yes (2026-01-06: closed at $103).",
        "No (2026-01-06: closed at $100.10).",
        "No (2026-01-06: neutral, score +0.16).",
    ]
    assert [row.what for row in follow_up.watch] == [row.trigger for row in make_report().watch]


@pytest.mark.parametrize(
    ("place", "result", "seen", "text"),
    [
        (1, "came", Observed(volume=12_000, ratio=1.5), "Yes (2026-01-06: volume 12,000, P/C volume 1.50)."),
        (0, "came", Observed(open_interest=40_000), "Follow-through (2026-01-06: open interest 40,000)."),
        (0, "undecided", Observed(open_interest=30_000),
         "Undecided: some positions were kept (2026-01-06: open interest 30,000)."),
        (0, "came", Observed(open_interest=40_000, split=10.0),
         "Follow-through (2026-01-06: open interest 40,000, in contracts from before a split of 10 for 1)."),
        (0, "not comparable", Observed(split=1.5), "Not comparable (2026-01-06: a split of 1.5 for 1)."),
    ],
)  # fmt: skip
def test_an_outcome(place: int, result: str, seen: Observed, text: str) -> None:
    facts = followed(FACTS)
    watch = list(facts.watch)
    watch[place] = replace(watch[place], result=result, seen=seen)
    assert worded(replace(facts, watch=tuple(watch))).watch[place].outcome == text


def test_levels(follow_up: FollowUp) -> None:
    assert [row.outcome for row in follow_up.levels] == ["not touched", "broken on 2026-01-06", "held"]


def test_trades(follow_up: FollowUp) -> None:
    assert [row.outcome for row in follow_up.trade_ideas] == [
        "Entered in shares on 2026-01-06 at $105, exited on 2026-01-09 at $104 (missing quote): −0.96% after costs.",
        "Entered in shares on 2026-01-06 at $105; still open, −0.96%.",
        "Not filled: $105 was not reached within 3 sessions.",
    ]


def test_a_trade_over_a_split_and_a_dividend_names_them() -> None:
    facts = followed(FACTS)
    first, *rest = facts.trade_ideas
    assert first.trade is not None
    carried = replace(first, trade=replace(first.trade, split_ratio=10.0, dividends=-0.5))
    outcome = worded(replace(facts, trade_ideas=(carried, *rest))).trade_ideas[0].outcome
    assert outcome.endswith("−0.96% after costs, with a split of 10 for 1 and a dividend of $0.50 per share paid.")


@pytest.mark.parametrize(
    ("kind", "waited", "text"),
    [
        ("stop", 2, "Not filled: $105 was not broken within 2 sessions."),
        ("limit", 5, "Not filled: $105 was not reached within 2 sessions."),
        ("market", 2, "Not entered: its levels were on the wrong side of the next open, or there was no bar."),
        ("stop", 1, "Not entered yet: 1 session since."),
        ("market", 0, "Not entered yet: no sessions since."),
    ],
)
def test_an_order_that_did_not_fill(kind: str, waited: int, text: str) -> None:
    idea = FollowedIdea(idea="x", entry=105.0, entry_kind=kind, valid_for=2, trade=None, waited=waited)
    assert worded(replace(followed(FACTS), trade_ideas=(idea,))).trade_ideas[0].outcome == text
