from typing import Any

import pytest
from tests.report.flow.document import make_document, make_facts

from flowbt.report.flow.conclusions import conclusions, headline, record_words


def test_what_a_day_comes_to() -> None:
    said = make_document()["conclusions"]
    assert said[0] == (
        "The flow in AAA is bearish by its own habit (score -0.62): net premium -$12.7M of $60.0M gross, P/C volume 2.98 (at "
        "or above all of its 25 earlier sessions), P/C open interest 2.51 (below all of its 25 earlier sessions)."
    )
    assert said[1:5] == [
        "$1.5M of call premium is a dividend play and no bullish flow: with it net premium would read -$11.2M.",
        "Puts pile up in the band $92.50 to $95 (253,269 contracts at $92.50, $95, 10% of all puts), its upper edge 5.0% below "
        "the spot.",
        "Max pain is flat at $98; the spot is 2.0% above it.",
        "GEX is -$12.5M per 1% move: dealers, if long calls and short puts, would sell into a fall and buy into a rise; that "
        "turns at $100.30, 0.3% above the spot.",
    ]


def test_without_a_verdict_the_first_reason_stands_with_the_numbers() -> None:
    facts = make_facts(verdict=None, score=None)
    said = headline({**facts, "reasons": ["too little history: 1 session held, 21 needed"]})
    assert said.startswith(
        "No verdict on AAA: too little history: 1 session held, 21 needed. In numbers: net premium -$12.7M"
    )


def test_what_is_not_known_is_left_out() -> None:
    facts = make_facts()
    flow = dict.fromkeys(facts["flow"])
    held = facts["positioning"] | {"gex": None, "oi_clusters": facts["positioning"]["oi_clusters"] | {"puts": []}}
    document = make_document(flow=flow, positioning=held, max_pain=[], noise=[], verdict=None, score=None)
    assert len(document["conclusions"]) == 1
    assert document["conclusions"][0].endswith("In numbers: net premium not known.")


@pytest.mark.parametrize(
    ("spot", "band", "said"),
    [
        (100.0, [92.5, 95.0], "its upper edge 5.0% below the spot."),
        (90.0, [92.5, 95.0], "its lower edge 2.8% above the spot."),
        (94.0, [92.5, 95.0], "its upper edge 1.1% above the spot."),
        (None, [92.5, 95.0], "its upper edge at an unknown distance."),
        (100.0, None, "Puts pile up at $92.50, $95: 253,269 contracts, 10% of all puts."),
    ],
)
def test_where_puts_pile_up(spot: float | None, band: list[float] | None, said: str) -> None:
    held = make_facts()["positioning"]
    held["oi_clusters"]["put_band"] = band
    assert any(sentence.endswith(said) for sentence in make_document(spot=spot, positioning=held)["conclusions"])


def test_positive_gamma_damps() -> None:
    held = make_facts()["positioning"] | {"gex": 5e6}
    levels = make_facts()["levels"] | {"zero_gamma": None}
    said = make_document(positioning=held, levels=levels)["conclusions"]
    assert any(sentence.endswith("would buy into a fall and sell into a rise.") for sentence in said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "A bearish verdict came 41 times in AAA with 3 sessions to follow; the price fell 52% of the time, against a base "
             "rate of 46% over 250 sessions."),
        ({"verdict": 1}, "A bullish verdict came 41 times in AAA with 3 sessions to follow; the price rose 52% of the time"),
        ({"n": 9}, "A bearish verdict came 9 times in AAA with 3 sessions to follow: too few to say anything of."),
        ({"n": 1}, "A bearish verdict came once in AAA"),
        ({"n": 0}, "A bearish verdict on AAA has no record yet: none came 4 sessions or more ago with prices to follow."),
        ({"verdict": 0}, ""),
        ({"verdict": None}, ""),
    ],
)  # fmt: skip
def test_the_record_of_a_verdict(changes: dict[str, Any], said: str) -> None:
    found = record_words(make_facts()["record"] | changes, "AAA")
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_a_neutral_verdict_has_no_record() -> None:
    assert not any("record" in said or "times" in said for said in conclusions(make_document(verdict="neutral")))
