"""A flow report's document made by hand: AAA at 100 on Monday 5 January 2026, one or two of everything that can stand in it."""

from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any, Final

from flowbt.report.flow import with_words
from flowbt.report.flow.conventions import flow_conventions
from flowbt.report.flow.follow_up import follow_up_words

Document = dict[str, Any]

DAY: Final = date(2026, 1, 5)
NEXT: Final = date(2026, 1, 6)
FRIDAY: Final = date(2026, 1, 9)
EXPIRY: Final = date(2026, 1, 16)
HOSTILE: Final = "<script>alert(1)</script>|*x*`y`\r\n# z\x1b]0;title\x07\x1b[2J\u202e\x00\ud800[a](javascript:b)\\ &amp; {{ 7 * 7 }}"
"""What a level, a cited contract, a run and its answer may be called by somebody who means ill."""

PARAMETERS: Final[Document] = {"bearish": 0.25, "bullish": 0.25, "lookback": 63, "min_history": 20}
PUT: Final[Document] = {
    "contract": "AAA260116P00095000", "expiration": EXPIRY, "last_trading_day": EXPIRY, "strike": 95.0, "option_type": "put", "dte": 11,
    "tenor": "short-dated", "premium": 12_600_000.0, "share_of_gross": 0.21, "volume": 30_250, "open_interest": 22_410,
    "oi_change": 16_780, "oi_change_is_of_day": False, "opened_at_least": 7_840, "distance": -0.05, "delta": -0.22, "break_even": 93.9, "bid": 1.05,
    "ask": 1.15, "kind": "large contract day", "is_noise": False,
}  # fmt: skip
CALL: Final[Document] = PUT | {
    "contract": "AAA260109C00105000", "expiration": FRIDAY, "last_trading_day": FRIDAY, "strike": 105.0, "option_type": "call", "dte": 4,
    "premium": 250_000.0, "share_of_gross": 0.0042, "volume": 1_000, "open_interest": 5_000, "oi_change": -10,
    "opened_at_least": 0, "distance": 0.05, "delta": 0.2, "break_even": 105.5, "kind": "largest premium", "is_noise": True,
}  # fmt: skip
OPTION: Final[Document] = {
    "contract": "AAA260109C00105000", "expiration": FRIDAY, "last_trading_day": FRIDAY, "strike": 105.0, "option_type": "call", "dte": 4, "bid": 1.94,
    "ask": 2.03, "last": 2.0, "volume": 10, "open_interest": 26_957, "iv": 0.3, "delta": 0.2, "priced_by": "ask",
    "cost": 203.0, "spread_share": 0.05, "break_even": 107.03, "at_target": 586.0, "at_stop": 24.0, "insured_loss": None,
    "outlived_until": None,
}  # fmt: skip
IDEA: Final[Document] = {
    "idea": "option play", "strategy": "strategies/option_play.py", "description": "Buys a break.", "active": True,
    "known": True, "instrument": "AAA260109C00105000", "side": "long", "entry_kind": "stop", "entry": 105.0, "valid_for": 3,
    "target": 110.0, "stop": 97.0, "horizon": 3, "exit_on": None, "reward": 5.0, "risk": 8.0, "reward_to_risk": 0.625,
    "break_even_rate": 0.615, "stop_from_fill": None, "target_moves": 1.4, "option": OPTION, "command": "flowbt backtest strategies/option_play.py --symbols AAA",
    "record": {"n": 15, "hit_rate": 0.6, "mean_return": 0.0055, "base_n": 80, "base_rate": 0.5, "base_return": 0.0,
               "jumps": 0},
}  # fmt: skip
TRIGGERS: Final[list[Document]] = [
    {"kind": "follow_through", "known_on": NEXT, "clock": "pre_open", "contract": PUT["contract"], "expiration": EXPIRY,
     "strike": 95.0, "option_type": "put", "open_interest": 22_410, "volume": 30_250, "kept_at": 37_535,
     "closed_below": 22_410},
    {"kind": "renewed", "known_on": NEXT, "clock": "close", "option_type": "call", "strike": 106.0,
     "expirations": [FRIDAY, EXPIRY], "volume": 11_204, "ratio": 2.98},
    {"kind": "level", "known_on": NEXT, "clock": "close", "level": "my level", "price": 102.5, "direction": "above"},
    {"kind": "level", "known_on": NEXT, "clock": "close", "level": "zero gamma", "price": 100.3, "direction": "above"},
    {"kind": "verdict", "known_on": NEXT, "clock": "close", "verdict": -1},
]  # fmt: skip


def make_facts(**changes: Any) -> Document:
    """The facts without words; `changes` replace whole keys."""
    facts = {
        "symbol": "AAA",
        "date": DAY,
        "exchange": "XNYS",
        "spot": 100.0,
        "spot_source": "chain",
        "spot_time": datetime(2026, 1, 5, 21, 15, tzinfo=UTC),
        "close": 100.4,
        "change": 0.0133,
        "decision": "close",
        "verdict": "bearish",
        "score": -0.62,
        "parts": {"net_premium_ratio": -0.5, "put_call_volume_ratio": -1.0, "put_call_oi_ratio_change": 0.1},
        "history": {"sessions": 26, "earlier": 25, "needed": 21, "lookback": 63},
        "unpublished": None,
        "flow": {
            "net_premium": -12_650_000.0, "gross_premium": 60_000_000.0, "net_premium_ratio": -0.21,
            "net_premium_otm": -9_000_000.0, "call_volume": 398_000, "put_volume": 1_186_040, "put_call_volume_ratio": 2.98,
            "flow_to_stock_ratio": 1.19, "is_dividend_play": True, "dividend_play_premium": 1_500_000.0,
            "net_premium_signed": -4_000_000.0, "signed_premium_coverage": 0.8, "blocks": 1, "net_block_premium": -1.0,
            "sweeps": 0, "net_sweep_premium": 0.0, "put_call_oi_ratio": 2.51, "net_premium_percentile": 0.36,
            "put_call_volume_percentile": 1.0, "put_call_oi_percentile": 0.0,
        },
        "notable": [PUT, CALL],
        "cited": [
            PUT | {"refused": None},
            PUT | {"contract": "AAA260116P00090000", "strike": 90.0, "refused": None},
            {"contract": "AAA250101C00250000", "expiration": date(2025, 1, 1), "strike": 250.0, "option_type": "call",
             "last_trading_day": date(2024, 12, 31), "refused": "expired"},
        ],
        "prints": [
            {name: PUT[name] for name in ("contract", "expiration", "last_trading_day", "strike", "option_type", "tenor", "distance")}
            | {"dte": 1, "side": "ask", "size": 10_000, "price": 1.15, "premium": 1_150_000.0, "share_of_gross": 0.019}
            | {name: PUT[name] for name in ("volume", "open_interest", "oi_change", "oi_change_is_of_day", "opened_at_least")},
        ],
        "warnings": [
            {"kind": "jump", "spots": [2_411.64, 256.42]}, {"kind": "no_bar", "bars": 3}, {"kind": "coverage", "coverage": 0.4},
        ],
        "positioning": {
            "call_open_interest": 1_518_683, "put_open_interest": 3_811_897, "put_call_oi_ratio": 2.51,
            "comparable": True, "call_oi_change": 6_431, "put_oi_change": 86_721, "gex": -12_500_000.0, "gex_coverage": 1.0,
            "dex_net": 9_100_000.0, "dex_gross": 168_500_000.0, "gex_status": "ok", "zero_gamma_status": "ok",
            "call_additions": [], "put_additions": [PUT], "consistency": "immaterial", "gex_share_of_volume": 0.0016,
            "average_dollar_volume": 8e9,
            "oi_clusters": {
                "calls": [{"strike": 105.0, "open_interest": 50_000}],
                "puts": [{"strike": 92.5, "open_interest": 132_452}, {"strike": 95.0, "open_interest": 120_817}],
                "call_band": None, "put_band": [92.5, 95.0], "call_share": 0.18, "put_share": 0.1,
                "call_concentration": 0.1, "put_concentration": 0.1, "nearest_expiration": FRIDAY,
                "nearest_calls": [{"strike": 101.0, "open_interest": 7_467}],
            },
            "hedging": {"collar_share": 0.01, "reading": "plain puts", "confidence": 0.87,
                        "protective_puts_added": 60_602, "collared_puts_added": 606},
        },
        "max_pain": [
            {"expiration": FRIDAY, "max_pain": 98.0, "low": 97.5, "high": 98.5, "gap": 100 / 98 - 1, "expected_move": 3.4},
            {"expiration": EXPIRY, "max_pain": None, "low": None, "high": None, "gap": None, "expected_move": 5.0},
        ],
        "max_pain_flat": True,
        "levels": {
            "call_wall": 105.0, "put_wall": 95.0, "zero_gamma": 100.3, "contention_strike": 105.0, "next_call_peak": 110.0,
            "put_floor": 92.5, "pivot": 99.5, "bollinger": [90.0, 98.0, 106.0], "sma_30": 98.5, "sma_200": 91.0,
            "put_floors": [92.5],
            "labelled": [
                {"level": "call wall", "price": 105.0, "label": "resistance", "distance": 0.05, "of": "chain"},
                {"level": "my level", "price": 102.5, "label": "resistance", "distance": 0.025, "of": "given"},
                {"level": "SMA 30", "price": 98.5, "label": "support", "distance": -0.015, "of": "chart"},
            ],
            "unknown": ["SMA 200"],
        },
        "peaks": {"expiration": FRIDAY, "expires_on": FRIDAY, "calls": [{"strike": 105.0, "open_interest": 4_843}], "puts": [],
                  "contention_strike": 105.0, "next_call_peak": None, "put_floors": []},
        "noise": [
            {"kind": "dividend_play", "premium": 1_500_000.0, "calls": 2, "net_premium": -12_650_000.0,
             "net_premium_with": -11_150_000.0},
            {**CALL, "kind": "small", "other_premium": 36_000_000.0},
            {"kind": "expiring", "premium": 9_400_000.0, "share_of_gross": 0.157, "call_volume": 107, "put_volume": 242},
            {"kind": "parity", "premium": 4_800_000.0, "share_of_gross": 0.08},
            {"kind": "stale", "open_interest": 9_954_889},
            {"kind": "breaches", "contracts": 183},
            {"contract": "AAA250101C00250000", "expiration": date(2025, 1, 1), "strike": 250.0, "option_type": "call",
             "last_trading_day": date(2024, 12, 31), "refused": "expired", "kind": "refused"},
            {"contract": "AAA251219P00095000", "expiration": date(2025, 12, 19), "side": "bid", "size": 500, "price": 1.0,
             "premium": 50_000.0, "date": DAY, "kind": "rejected"},
        ],
        "watch": TRIGGERS,
        "trade_ideas": [
            IDEA,
            IDEA | {"idea": "protective put", "entry_kind": "market", "entry": 100.0, "valid_for": 1, "target": 103.0,
                    "stop": 95.0, "option": OPTION | {"option_type": "put", "strike": 95.0, "priced_by": "last",
                                                      "insured_loss": 1_310.0},
                    "record": IDEA["record"] | {"n": 1}},
            IDEA | {"idea": "towards max pain", "side": "short", "entry_kind": "limit", "horizon": None, "option": None,
                    "exit_on": FRIDAY, "record": IDEA["record"] | {"n": 0}},
            IDEA | {"idea": "stock play", "active": False, "known": False},
        ],
        "record": {"verdict": -1, "horizon": 3, "n": 41, "hit_rate": 0.52, "base_rate": 0.46, "base_n": 250},
        "pictures": {
            "oi_by_strike": [{"strike": 90.0 + strike, "calls": 100 * strike, "puts": 900} for strike in range(21)],
            "history": [
                {"date": date(2026, 1, day), "net_premium": -1e6 * day, "put_call_volume_ratio": 2.0, "score": score,
                 "verdict": verdict}
                for day, score, verdict in ((1, None, None), (2, 0.5, 1), (5, -0.62, -1))
            ],
            "max_pain": [
                {"expiration": FRIDAY, "max_pain": 98.0, "low": 97.5, "high": 98.5, "expected_move": 3.4},
                {"expiration": EXPIRY, "max_pain": 99.0, "low": 99.0, "high": 99.0, "expected_move": None},
            ],
            "gex_profile": [{"spot": 90.0 + place, "gex": 1e6 * (place - 10)} for place in range(21)],
        },
        "parameters": PARAMETERS,
        "newer_report": NEXT,
        "runs": [{"run": "evaluate-flow_verdict-5e6f7a8b", "answer": "Within luck: `flowbt evaluate` says so."}],
    }  # fmt: skip
    unknown = changes.keys() - facts.keys() - {"conventions"}
    assert not unknown, f"no such facts: {unknown}"
    facts |= {"conventions": flow_conventions(facts | changes)}
    return deepcopy(facts | changes)


def make_document(**changes: Any) -> Document:
    """The document with its words; with `follow=True` what became of it, too."""
    follow = changes.pop("follow", False)
    document = with_words(make_facts(**changes))
    return document | ({"follow_up": follow_up_words(document, became(document))} if follow else {})


def became(document: Document) -> Document:
    """What became of the triggers and ideas of a document made here: all ends there are."""
    seen: list[tuple[str, Document]] = [
        ("unwind", {"open_interest": 20_000}),
        ("not known yet", {}),
        ("came", {"close": 103.0}),
        ("did not come", {"close": 100.1}),
        ("did not come", {"verdict": 0, "score": 0.16}),
    ]
    trade = {"entry_date": NEXT, "entry_price": 105.0, "exit_date": FRIDAY, "exit_price": 104.0,
             "exit_reason": "missing_quote", "return": -0.0096}  # fmt: skip
    trades = [trade, trade | {"exit_reason": "end", "exit_date": None, "exit_price": None}, None]
    active = [idea for idea in document["trade_ideas"] if idea["active"]]
    levels = [row for row in document["levels"]["labelled"] if row["label"]]
    return {
        "sessions": 3,
        "path": [{"sessions": 1, "close": 101.0, "return": 0.006}, {"sessions": 3, "close": 99.0, "return": -0.0139}],
        "watch": [
            {**row, "result": result, "seen": numbers}
            for row, (result, numbers) in zip(document["watch"], seen, strict=False)
        ],
        "levels": [
            {**row, "touched": touched, "broken": broken, "result": result}
            for row, (touched, broken, result) in zip(
                levels, [(None, None, "not touched"), (NEXT, NEXT, "broken"), (NEXT, None, "held")], strict=False
            )
        ],
        "trade_ideas": [
            {name: idea[name] for name in ("idea", "entry", "entry_kind", "valid_for")} | {"trade": done, "waited": 5}
            for idea, done in zip(active, trades, strict=False)
        ],
    }


def unknown_document(**changes: Any) -> Document:
    """The document of a day of which hardly anything is known: None wherever it can be."""
    facts = make_facts()
    lacking = dict.fromkeys(
        (
            "share_of_gross",
            "open_interest",
            "oi_change",
            "opened_at_least",
            "distance",
            "delta",
            "break_even",
            "bid",
            "ask",
        )
    )
    option = dict.fromkeys(("bid", "ask", "last", "volume", "open_interest", "iv", "delta", "priced_by", "cost",
                            "spread_share", "break_even", "at_target", "at_stop", "insured_loss"))  # fmt: skip
    without = dict.fromkeys(
        ("entry", "target", "stop", "reward", "risk", "reward_to_risk", "break_even_rate", "target_moves")
    )
    record = dict.fromkeys(IDEA["record"]) | {"n": 0, "base_n": 0}
    market = IDEA | without | {"entry_kind": "market", "record": record}
    held = facts["positioning"]
    clusters: Document = {name: [] if isinstance(value, list) and "band" not in name else None
                for name, value in held["oi_clusters"].items()}  # fmt: skip
    unknown: Document = {
        **dict.fromkeys(("spot", "spot_source", "spot_time", "close", "change", "verdict", "score", "newer_report", "max_pain_flat")),
        "parts": dict.fromkeys(facts["parts"]),
        "flow": dict.fromkeys(facts["flow"]),
        "notable": [PUT | lacking],
        "cited": [PUT | lacking | {"contract": "x", "premium": None, "volume": None, "refused": None}],
        "prints": [facts["prints"][0] | dict.fromkeys(("side", "share_of_gross", "distance", "volume", "open_interest", "opened_at_least"))],
        "warnings": [{"kind": "no_spot"}, {"kind": "no_bar", "bars": 0}],
        "positioning": dict.fromkeys(held)
        | {"comparable": True, "call_additions": [], "put_additions": [], "oi_clusters": clusters, "hedging": dict.fromkeys(held["hedging"])},
        "max_pain": [facts["max_pain"][1] | {"expected_move": None}],
        "levels": {name: [] if isinstance(value, list) else None for name, value in facts["levels"].items()}
        | {"labelled": [{"level": "my level", "price": 102.5, "label": None, "distance": None, "of": "given"}]},
        "peaks": {name: [] if isinstance(value, list) else None for name, value in facts["peaks"].items()},
        "noise": [{"kind": "dividend_play", **dict.fromkeys(("premium", "calls", "net_premium", "net_premium_with"))}],
        "watch": [],
        "trade_ideas": [
            market | {"option": OPTION | option, "horizon": 3},
            market | {"idea": "stock play", "option": None, "horizon": None},
        ],
        "record": dict.fromkeys(facts["record"]) | {"horizon": 3, "n": 0, "base_n": 0},
        "pictures": {
            "oi_by_strike": [{"strike": 95.0, "calls": 0, "puts": 10}],
            "history": [dict.fromkeys(row) | {"date": DAY} for row in facts["pictures"]["history"]],
            "max_pain": [facts["pictures"]["max_pain"][1] | {"low": None, "high": None}],
            "gex_profile": [],
        },
        "runs": [],
    }  # fmt: skip
    return make_document(**{**unknown, **changes})


def hostile_document() -> Document:
    """The document where every name from outside is `HOSTILE`."""
    facts = make_facts()
    facts["levels"]["labelled"][1]["level"] = HOSTILE
    facts["watch"][2]["level"] = HOSTILE
    noise = [row | {"contract": HOSTILE, "refused": "unreadable", "expiration": None} for row in facts["noise"][6:7]]
    runs = [{"run": HOSTILE, "answer": HOSTILE}]
    cited = [*facts["cited"], noise[0]]
    changes = {name: facts[name] for name in ("levels", "watch")}
    return make_document(**changes, noise=noise, cited=cited, runs=runs, follow=True)
