from datetime import date
from typing import Any

import pytest
from tests.report.flow.document import CALL, DAY, EXPIRY, PUT, make_document, make_facts

from flowbt.report.flow import contracts, noise, positions
from flowbt.report.flow import sentences as words


def test_the_heaviest_part_of_the_score_comes_first_and_a_clip_is_told() -> None:
    assert words.reasons(make_facts()) == [
        "put/call volume ratio: 3.0 sd to the bearish side of its last 25 sessions (at the clip)",
        "net premium ratio: 1.5 sd to the bearish side of its last 25 sessions",
        "change of the put/call open interest ratio: 0.3 sd to the bullish side of its last 25 sessions",
    ]


def test_the_habit_is_no_longer_than_the_lookback() -> None:
    long = {"sessions": 200, "earlier": 199, "needed": 21, "lookback": 63}
    assert all("last 63 sessions" in reason for reason in words.reasons(make_facts(history=long)))


def test_too_little_history_is_the_only_reason() -> None:
    history = {"sessions": 1, "earlier": 0, "needed": 21, "lookback": 63}
    document = make_facts(score=None, verdict=None, history=history)
    assert words.reasons(document) == ["too little history: 1 session held, 21 needed"]


def test_open_interest_that_is_not_published_is_told_before_what_is_missing() -> None:
    parts = {"net_premium_ratio": -0.5, "put_call_volume_ratio": None, "put_call_oi_ratio_change": None}
    document = make_facts(score=None, verdict=None, parts=parts, unpublished=date(2026, 1, 6))
    first, second = words.reasons(document)
    assert first.startswith(
        "the open interest of the close of 2026-01-05 is not known: it is published before the open of"
    )
    assert second.endswith(": put/call volume ratio, change of the put/call open interest ratio")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (PUT, "Short-dated (11 days left), side unknown; 21.0% of the day's premium; 30,250 traded against 22,410 held, "
              "at least 7,840 of them to open, if only for the day; strike 5.0% below the spot, break-even $93.90."),
        (CALL, "Short-dated (4 days left), side unknown; 0.4% of the day's premium; 1,000 traded of 5,000 held, which may "
               "all be closing; strike 5.0% above the spot, break-even $105.50. Noise by its size: too small to set "
               "against the other side; whether positions changed behind it is published before the next open."),
        (CALL | {"oi_change_is_of_day": True},
         "Short-dated (4 days left), side unknown; 0.4% of the day's premium; 1,000 traded, the open interest fell by 10, to "
         "5,000; strike 5.0% above the spot, break-even $105.50. Noise by its size: too small to set against the other side; "
         "its open interest hardly changed."),
        (PUT | {"open_interest": None},
         "Short-dated (11 days left), side unknown; 21.0% of the day's premium; 30,250 traded, what is held is not known; "
         "strike 5.0% below the spot, break-even $93.90."),
        (PUT | {"dte": 0, "last_trading_day": DAY, "tenor": "immediate", "share_of_gross": None, "open_interest": None, "opened_at_least": None,
                "break_even": None, "distance": None},
         "Immediate (expired with the session), side unknown; 30,250 traded; strike at an unknown distance from the spot."),
        (PUT | {"dte": 1, "last_trading_day": DAY},
         "Short-dated (last trading day), side unknown; 21.0% of the day's premium; 30,250 traded; strike 5.0% below the spot."),
        (PUT | {"dte": 1, "volume": 0, "share_of_gross": 0.0},
         "Short-dated (1 day left), side unknown; 0.0% of the day's premium; did not trade; strike 5.0% below the spot, "
         "break-even $93.90."),
    ],
)  # fmt: skip
def test_a_contracts_day(row: dict[str, Any], said: str) -> None:
    assert contracts.read_through(row, DAY) == said


@pytest.mark.parametrize(
    ("side", "said"),
    [
        ("ask", "bought at the ask"),
        ("bid", "sold at the bid"),
        ("mid", "done inside the quote"),
        (None, "side unknown"),
    ],
)
def test_a_block_by_its_side(side: str | None, said: str) -> None:
    row = make_facts()["prints"][0] | {"side": side}
    assert (
        contracts.print_read_through(row, DAY)
        == f"Short-dated (1 day left), {said}; 1.9% of the day's premium; 30,250 traded against 22,410 held, at least 7,840 of them to open, if only for the day; strike 5.0% below the spot."
    )


@pytest.mark.parametrize(("volume", "said"), [(None, "whether it traded is not known"), (0, "did not trade")])
def test_no_volume_is_another_thing_than_none_known(volume: int | None, said: str) -> None:
    assert f"; {said}; " in contracts.read_through(PUT | {"volume": volume, "opened_at_least": None}, DAY)


def test_every_kind_of_noise_says_what_and_why_with_a_number() -> None:
    facts = make_facts()["noise"]
    assert {row["kind"] for row in facts} == set(noise.NOISE)
    for row in make_document()["noise"]:
        assert any(letter.isdigit() for letter in row["what"] + row["why"])
        assert row["why"].endswith(".")


def test_a_small_contract_where_nothing_traded_on_the_other_side() -> None:
    row = {**CALL, "kind": "small", "other_premium": 0.0}
    assert (
        noise.noise(row)["why"]
        == "No put traded; whether positions changed behind it is published before the next open."
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"kind": "jump", "spots": [2_411.64, 254.54, 256.42]}, "The underlying went from $2,411.64 to $256.42 without a split on"),
        ({"kind": "relisted", "call_oi_change": 203_828, "put_oi_change": 285_152}, "+203,828 calls and +285,152 puts more or less"),
        ({"kind": "no_open_interest"}, "The source gives no open interest for this day, or 0 for every contract"),
        ({"kind": "no_volume"}, "The source gives no volume for this day, or 0 for every contract"),
        ({"kind": "no_bar", "bars": 3}, "There is no price bar of this day (3 before it)"),
        ({"kind": "coverage", "coverage": 0.4}, "Gamma is known of 40% of the open interest"),
    ],
)  # fmt: skip
def test_a_warning_says_what_is_amiss(row: dict[str, Any], said: str) -> None:
    assert noise.warning(row).startswith(said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Not known: the open interest of the session before is lacking."),
        ({"unpublished": date(2026, 1, 6)}, "Not known: the open interest of this close is published before the open of 2026-01-06."),
        ({"positioning": make_facts()["positioning"] | {"comparable": False}}, "Not comparable with the session before: see the warning."),
    ],
)  # fmt: skip
def test_why_a_change_is_not_known(changes: dict[str, Any], said: str) -> None:
    assert positions.not_told(make_facts(**changes)) == said


@pytest.mark.parametrize("refused", noise.REFUSALS)
def test_every_refusal_names_the_contract_and_the_reason(refused: str) -> None:
    row = {"contract": "{0}{x}", "expiration": EXPIRY, "strike": 1.0, "option_type": "put", "refused": refused}
    row |= {"last_trading_day": date(2026, 1, 15)}
    said = noise.noise(row | {"kind": "refused"})
    assert said["what"] == "Cited: {0}{x}"
    assert ("2026-01-15" in said["why"]) == (refused == "expired")


@pytest.mark.parametrize(
    ("rows", "total", "said"),
    [
        ([PUT], 86_721, "+86,721 puts in all; most in the Jan 16, 2026 $95 put (+16,780 to 22,410)."),
        ([PUT, PUT | {"strike": 90.0}], None,
         "Most in the Jan 16, 2026 $95 put (+16,780 to 22,410) and the Jan 16, 2026 $90 put (+16,780 to 22,410)."),
        ([], -5, "-5 puts in all; no contract grew."),
        ([], None, "Not known."),
    ],
)  # fmt: skip
def test_additions(rows: list[dict[str, Any]], total: int | None, said: str) -> None:
    assert positions.additions(rows, "put", total, "Not known.") == said


@pytest.mark.parametrize(
    ("changes", "verdict", "said"),
    [
        ({"gex": None}, "bearish", "No gamma exposure is known on this day."),
        ({"consistency": "consistent"}, "bearish", "its sign is that of the bearish verdict: consistent."),
        ({"consistency": "mixed"}, "bullish", "its sign is not that of the bullish verdict: mixed."),
        ({}, "bearish", "but below 0.25% it is immaterial."),
        ({}, "neutral", "there is no bearish or bullish verdict to bear out."),
        ({}, None, "there is no bearish or bullish verdict to bear out."),
        ({"consistency": None, "gex_share_of_volume": None}, "bearish",
         "GEX -$12.5M per 1% move; without 20 price bars its weight cannot be judged."),
    ],
)  # fmt: skip
def test_whether_gamma_bears_the_verdict_out(changes: dict[str, Any], verdict: str | None, said: str) -> None:
    assert positions.consistency(make_facts()["positioning"] | changes, verdict).endswith(said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "GEX -$12.5M per 1% move (gamma known of 100% of the open interest); DEX net +9.1M shares, gross +168.5M shares."),
        ({"gex": None, "dex_net": None}, "GEX is not known; DEX is not known."),
    ],
)  # fmt: skip
def test_exposures(changes: dict[str, Any], said: str) -> None:
    assert positions.exposures(make_facts()["positioning"] | changes) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"protective_puts_added": None}, "Not known."),
        ({"protective_puts_added": 0}, "No puts to protect with were added."),
        ({"reading": "collars", "collar_share": 0.8, "confidence": None},
         "60,602 puts to protect with (out of the money, 7 to 90 days) were added, 80% of them matched by calls as in a "
         "collar: mostly collars. A hypothesis: a chain does not say who bought."),
    ],
)  # fmt: skip
def test_hedging_is_told_as_a_hypothesis(changes: dict[str, Any], said: str) -> None:
    assert positions.hedging(make_facts()["positioning"]["hedging"] | changes, "Not known.") == said


@pytest.mark.parametrize(
    ("flat", "gap", "said"),
    [
        (True, 0.0204, "Flat at $98 across the next expiries; the spot is 2.0% above it."),
        (False, -0.0204, "$98 for the next expiry, Jan 9, 2026; the spot is 2.0% below it."),
        (None, 0.0004, "$98 for the next expiry, Jan 9, 2026; the spot is at it."),
    ],
)
def test_max_pain(flat: bool | None, gap: float, said: str) -> None:
    row = make_facts()["max_pain"][0] | {"gap": gap}
    found = positions.max_pain_words(make_facts(max_pain=[row], max_pain_flat=flat))
    assert found.removesuffix(" Whether it pulls is what `flowbt evaluate max_pain_gravity` tests.") == said


def test_max_pain_that_differs_a_little_is_flat_around() -> None:
    first, _ = make_facts()["max_pain"]
    document = make_document(max_pain=[first, first | {"max_pain": 98.5}])
    assert positions.max_pain_words(document).startswith("Flat around $98 across the next expiries; ")
    assert "Max pain is flat around $98; the spot is 2.0% above it." in document["conclusions"]


def test_max_pain_that_is_not_known() -> None:
    row = make_facts()["max_pain"][1]
    assert positions.max_pain_words(make_facts(max_pain=[])) == "Not known."
    assert positions.max_pain_words(make_facts(max_pain=[row])) == "Not known."
    assert positions.max_pain_words(make_facts(max_pain=[row | {"max_pain": 98.0}], max_pain_flat=False)) == (
        "$98 for the next expiry, Jan 16, 2026."
    )


def test_words_are_added_beside_the_facts_and_change_none() -> None:
    facts, document = make_facts(), make_document()
    assert {name: document[name] for name in facts if name not in {"notable", "cited", "prints", "noise", "watch"}} == {
        name: facts[name] for name in facts if name not in {"notable", "cited", "prints", "noise", "watch"}
    }
    for name in ("notable", "cited", "prints", "noise", "watch"):
        for worded, row in zip(document[name], facts[name], strict=True):
            assert {key: worded[key] for key in row} == row
    assert [row["read_through"] for row in document["cited"]][-1] == ""
