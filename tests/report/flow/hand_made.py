"""A flow report made by hand: AAA at 100 on Monday 5 January 2026, one or two of everything that a report can contain."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

from flowbt.documents import Result
from flowbt.flow.chart_data import ChartData, ExpiryMaxPain, GammaPoint, SessionFlow, StrikeHoldings
from flowbt.flow.cited import CitedContract, RefusedContract
from flowbt.flow.clusters import OpenInterestClusters
from flowbt.flow.contracts import Addition, ContractDay, NotableContract
from flowbt.flow.excluded_flow import (
    DividendPlay,
    ExpiringContracts,
    OpenInterestBreaches,
    ParityPremium,
    RefusedCitation,
    RejectedPrint,
    SmallContract,
    StaleOpenInterest,
)
from flowbt.flow.flow_numbers import FlowNumbers
from flowbt.flow.follow_up import FollowedIdea, FollowedLevel, FollowedTrade, FollowUp, LaterClose
from flowbt.flow.followed_triggers import FollowedTrigger, Observed
from flowbt.flow.legs import OptionQuote
from flowbt.flow.levels import LabelledLevel, Levels, Peaks, StrikeOpenInterest
from flowbt.flow.max_pain import MaxPain
from flowbt.flow.positioning import Hedging, Positioning
from flowbt.flow.prints import Block
from flowbt.flow.report import FlowReport, HistoryLength, RunAnswer
from flowbt.flow.track_record import IdeaRecord, VerdictRecord
from flowbt.flow.trade_ideas import TradeIdea
from flowbt.flow.triggers import FollowThrough, LevelBroken, RenewedTrading, Trigger, VerdictRepeated
from flowbt.flow.warnings import DataWarning, GammaCoverage, NoBar, PriceJump
from flowbt.report.flow import with_sentences

T = TypeVar("T", bound=Result)

DAY: Final = date(2026, 1, 5)
NEXT: Final = date(2026, 1, 6)
FRIDAY: Final = date(2026, 1, 9)
EXPIRY: Final = date(2026, 1, 16)
HOSTILE: Final = "<script>alert(1)</script>|*x*`y`\r\n# z\x1b]0;title\x07\x1b[2J\u202e\x00\ud800[a](javascript:b)\\ &amp; {{ 7 * 7 }}"
"""A level, a cited contract, a run and its answer may have any name, a malicious one too."""

PARAMETERS: Final[dict[str, Any]] = {"bearish": 0.25, "bullish": 0.25, "lookback": 63, "min_history": 20}
PUT: Final = NotableContract(
    contract="AAA260116P00095000", expiration=EXPIRY, last_trading_day=EXPIRY, strike=95.0, option_type="put", dte=11,
    tenor="short-dated", premium=12_600_000.0, share_of_gross=0.21, volume=30_250, open_interest=22_410, oi_change=16_780,
    oi_change_is_of_day=False, opened_at_least=7_840, distance=-0.05, delta=-0.22, break_even=93.9, bid=1.05, ask=1.15,
    kind="large contract day", is_noise=False,
)  # fmt: skip
CALL: Final = replace(
    PUT, contract="AAA260109C00105000", expiration=FRIDAY, last_trading_day=FRIDAY, strike=105.0, option_type="call", dte=4,
    premium=250_000.0, share_of_gross=0.0042, volume=1_000, open_interest=5_000, oi_change=-10, opened_at_least=0,
    distance=0.05, delta=0.2, break_even=105.5, kind="largest premium", is_noise=True,
)  # fmt: skip
BLOCK: Final = Block(
    contract=PUT.contract, expiration=EXPIRY, last_trading_day=EXPIRY, strike=95.0, option_type="put", side="ask", size=10_000,
    price=1.15, volume=30_250, open_interest=22_410, oi_change=16_780, opened_at_least=7_840, oi_change_is_of_day=False,
    premium=1_150_000.0, dte=1, tenor="short-dated", share_of_gross=0.019, distance=-0.05,
)  # fmt: skip
OPTION: Final = OptionQuote(
    contract="AAA260109C00105000", expiration=FRIDAY, last_trading_day=FRIDAY, strike=105.0, option_type="call", dte=4, bid=1.94,
    ask=2.03, last=2.0, volume=10, open_interest=26_957, iv=0.3, delta=0.2, priced_by="ask", cost=203.0, spread_share=0.05,
    break_even=107.03, at_target=586.0, at_stop=24.0, insured_loss=None, outlived_until=None,
)  # fmt: skip
RECORD: Final = IdeaRecord(n=15, hit_rate=0.6, mean_return=0.0055, base_n=80, base_rate=0.5, base_return=0.0, jumps=0)
IDEA: Final = TradeIdea(
    idea="option play", strategy="strategies/option_play.py", description="Buys a break.", active=True, known=True,
    instrument="AAA260109C00105000", side="long", entry_kind="stop", entry=105.0, valid_for=3, target=110.0, stop=97.0,
    horizon=3, exit_on=None, stop_from_fill=None, reward=5.0, risk=8.0, reward_to_risk=0.625, break_even_rate=0.615,
    target_moves=1.4, option=OPTION, command="flowbt backtest strategies/option_play.py --symbols AAA", record=RECORD,
)  # fmt: skip
FOLLOW_THROUGH: Final = FollowThrough(
    known_on=NEXT, clock="pre_open", contract=PUT.contract, expiration=EXPIRY, strike=95.0, option_type="put",
    open_interest=22_410, volume=30_250, kept_at=37_535, closed_below=22_410,
)  # fmt: skip
RENEWED: Final = RenewedTrading(
    known_on=NEXT,
    clock="close",
    option_type="call",
    strike=106.0,
    expirations=(FRIDAY, EXPIRY),
    volume=11_204,
    ratio=2.98,
)
LEVEL: Final = LevelBroken(known_on=NEXT, clock="close", level="my level", price=102.5, direction="above")
VERDICT: Final = VerdictRepeated(known_on=NEXT, clock="close", verdict=-1)
TRIGGERS: Final[tuple[Trigger, ...]] = (
    FOLLOW_THROUGH, RENEWED, LEVEL, replace(LEVEL, level="zero gamma", price=100.3), VERDICT,
)  # fmt: skip
REFUSED: Final = RefusedContract(
    contract="AAA250101C00250000", expiration=date(2025, 1, 1), strike=250.0, option_type="call",
    last_trading_day=date(2024, 12, 31), refused="expired",
)  # fmt: skip


def values_of(row: ContractDay) -> dict[str, Any]:
    """The fields that all kinds of a contract's day share."""
    return {field.name: getattr(row, field.name) for field in fields(ContractDay)}


FLOW: Final = FlowNumbers(
    net_premium=-12_650_000.0, gross_premium=60_000_000.0, net_premium_ratio=-0.21, net_premium_otm=-9_000_000.0,
    call_volume=398_000, put_volume=1_186_040, put_call_volume_ratio=2.98, flow_to_stock_ratio=1.19, is_dividend_play=True,
    dividend_play_premium=1_500_000.0, net_premium_signed=-4_000_000.0, signed_premium_coverage=0.8, blocks=1,
    net_block_premium=-1.0, sweeps=0, net_sweep_premium=0.0, put_call_oi_ratio=2.51, net_premium_percentile=0.36,
    put_call_volume_percentile=1.0, put_call_oi_percentile=0.0,
)  # fmt: skip
CLUSTERS: Final = OpenInterestClusters(
    calls=(StrikeOpenInterest(105.0, 50_000),),
    puts=(StrikeOpenInterest(92.5, 132_452), StrikeOpenInterest(95.0, 120_817)),
    call_band=None, call_share=0.18, call_concentration=0.1, put_band=(92.5, 95.0), put_share=0.1, put_concentration=0.1,
    nearest_expiration=FRIDAY, nearest_calls=(StrikeOpenInterest(101.0, 7_467),),
)  # fmt: skip
HEDGING: Final = Hedging(
    collar_share=0.01, reading="plain puts", confidence=0.87, protective_puts_added=60_602, collared_puts_added=606
)
ADDITION: Final = Addition(PUT.contract, EXPIRY, 95.0, "put", 11, oi_change=16_780, open_interest=22_410, volume=30_250)
POSITIONING: Final = Positioning(
    call_open_interest=1_518_683, put_open_interest=3_811_897, put_call_oi_ratio=2.51, call_oi_change=6_431,
    put_oi_change=86_721, gex=-12_500_000.0, gex_coverage=1.0, dex_net=9_100_000.0, dex_gross=168_500_000.0,
    gex_status="ok", zero_gamma_status="ok", comparable=True, call_additions=(), put_additions=(ADDITION,),
    consistency="immaterial", gex_share_of_volume=0.0016, average_dollar_volume=8e9, oi_clusters=CLUSTERS, hedging=HEDGING,
)  # fmt: skip
MAX_PAIN: Final = (
    MaxPain(expiration=FRIDAY, last_trading_day=FRIDAY, max_pain=98.0, low=97.5, high=98.5, gap=100 / 98 - 1, expected_move=3.4),
    MaxPain(expiration=EXPIRY, last_trading_day=EXPIRY, max_pain=None, low=None, high=None, gap=None, expected_move=5.0),
)  # fmt: skip
LEVELS: Final = Levels(
    call_wall=105.0, put_wall=95.0, zero_gamma=100.3, absolute_gamma_strike=None, call_oi_peak=None, put_oi_peak=None,
    contention_strike=105.0, next_call_peak=110.0, put_floor=92.5, pivot=99.5, support_1=None, resistance_1=None, low_30=None,
    high_30=None, sma_30=98.5, sma_200=91.0, bollinger_lower=90.0, bollinger_mid=98.0, bollinger_upper=106.0,
    bollinger=(90.0, 98.0, 106.0), put_floors=(92.5,),
    labelled=(
        LabelledLevel("call wall", 105.0, "resistance", 0.05, "chain"),
        LabelledLevel("my level", 102.5, "resistance", 0.025, "given"),
        LabelledLevel("SMA 30", 98.5, "support", -0.015, "chart"),
    ),
    unknown=("SMA 200", "call wall"),
)  # fmt: skip
PEAKS: Final = Peaks(
    expiration=FRIDAY, expires_on=FRIDAY, calls=(StrikeOpenInterest(105.0, 4_843),), puts=(), contention_strike=105.0,
    next_call_peak=None, put_floors=(),
)  # fmt: skip
NOISE: Final = (
    DividendPlay(premium=1_500_000.0, calls=2, net_premium=-12_650_000.0, net_premium_with=-11_150_000.0),
    SmallContract(**values_of(CALL) | {"kind": "small"}, other_premium=36_000_000.0),
    ExpiringContracts(premium=9_400_000.0, share_of_gross=0.157, call_volume=107, put_volume=242),
    ParityPremium(premium=4_800_000.0, share_of_gross=0.08),
    StaleOpenInterest(open_interest=9_954_889),
    OpenInterestBreaches(contracts=183),
    RefusedCitation(**vars(REFUSED)),
    RejectedPrint(
        date=DAY, contract="AAA251219P00095000", expiration=date(2025, 12, 19), side="bid", size=500, price=1.0, premium=50_000.0
    ),
)  # fmt: skip
CHARTS: Final = ChartData(
    oi_by_strike=tuple(StrikeHoldings(90.0 + strike, 100 * strike, 900) for strike in range(21)),
    history=tuple(
        SessionFlow(date(2026, 1, day), -1e6 * day, 2.0, score, verdict)
        for day, score, verdict in ((1, None, None), (2, 0.5, 1), (5, -0.62, -1))
    ),
    max_pain=(ExpiryMaxPain(FRIDAY, 98.0, 97.5, 98.5, 3.4), ExpiryMaxPain(EXPIRY, 99.0, 99.0, 99.0, None)),
    gex_profile=tuple(GammaPoint(90.0 + place, 1e6 * (place - 10)) for place in range(21)),
)
FACTS: Final = FlowReport(
    symbol="AAA", date=DAY, exchange="XNYS", spot=100.0, spot_source="chain",
    spot_time=datetime(2026, 1, 5, 21, 15, tzinfo=UTC), close=100.4, change=0.0133, decision="close", verdict="bearish",
    score=-0.62, parts={"net_premium_ratio": -0.5, "put_call_volume_ratio": -1.0, "put_call_oi_ratio_change": 0.1},
    history=HistoryLength(sessions=26, earlier=25, needed=21, lookback=63), unpublished=None, flow=FLOW, notable=(PUT, CALL),
    cited=(
        CitedContract(**values_of(PUT)),
        CitedContract(**values_of(replace(PUT, contract="AAA260116P00090000", strike=90.0))),
        REFUSED,
    ),
    prints=(BLOCK,),
    warnings=(PriceJump("jump", (2_411.64, 256.42)), NoBar("no_bar", 3), GammaCoverage("coverage", 0.4)),
    positioning=POSITIONING, max_pain=MAX_PAIN, max_pain_flat=True, levels=LEVELS, peaks=PEAKS, noise=NOISE, watch=TRIGGERS,
    trade_ideas=(
        IDEA,
        replace(
            IDEA, idea="protective put", entry_kind="market", entry=100.0, valid_for=1, target=103.0, stop=95.0,
            option=replace(OPTION, option_type="put", strike=95.0, priced_by="last", insured_loss=1_310.0),
            record=replace(RECORD, n=1),
        ),
        replace(
            IDEA, idea="towards max pain", side="short", entry_kind="limit", horizon=None, option=None, exit_on=FRIDAY,
            record=replace(RECORD, n=0),
        ),
        replace(IDEA, idea="stock play", active=False, known=False),
    ),
    record=VerdictRecord(verdict=-1, horizon=3, n=41, hit_rate=0.52, base_rate=0.46, base_n=250),
    charts=CHARTS, parameters=PARAMETERS, newer_report=NEXT,
    runs=(RunAnswer("evaluate-flow_verdict-5e6f7a8b", "Not significant: `flowbt evaluate` shows it."),),
)  # fmt: skip


def make_report(*, follow: bool = False, **changes: Any) -> FlowReport:
    """The report with its sentences; with `follow=True` what happened afterwards, too. `changes` replace whole fields."""
    facts = replace(FACTS, **changes)
    return with_sentences(replace(facts, follow_up=followed(facts)) if follow else facts)


def followed(facts: FlowReport) -> FollowUp:
    """What happened to the triggers and ideas of a report made here: every possible end."""
    seen = (
        ("unwind", Observed(open_interest=20_000)),
        ("not known yet", Observed()),
        ("came", Observed(close=103.0)),
        ("did not come", Observed(close=100.1)),
        ("did not come", Observed(verdict=0, score=0.16)),
    )
    trade = FollowedTrade(
        entry_date=NEXT, entry_price=105.0, exit_date=FRIDAY, exit_price=104.0, exit_reason="missing_quote",
        total_return=-0.0096, split_ratio=None, dividends=None,
    )  # fmt: skip
    trades = (trade, replace(trade, exit_reason="end"), None)
    results = ((None, None, "not touched"), (NEXT, NEXT, "broken"), (NEXT, None, "held"))
    active = [idea for idea in facts.trade_ideas if idea.active]
    return FollowUp(
        sessions=3,
        path=(LaterClose(sessions=1, close=101.0, change=0.006), LaterClose(sessions=3, close=99.0, change=-0.0139)),
        watch=tuple(
            FollowedTrigger(trigger=trigger, result=result, seen=numbers)
            for trigger, (result, numbers) in zip(facts.watch, seen, strict=False)
        ),
        levels=tuple(
            FollowedLevel(
                level=row.level,
                price=row.price,
                label=row.label,
                of=row.of,
                touched=touched,
                broken=broken,
                result=result,
            )
            for row, (touched, broken, result) in zip(facts.levels.labelled, results, strict=False)
            if row.label
        ),
        trade_ideas=tuple(
            FollowedIdea(
                idea=idea.idea,
                entry=idea.entry,
                entry_kind=idea.entry_kind,
                valid_for=idea.valid_for,
                trade=done,
                waited=5,
            )
            for idea, done in zip(active, trades, strict=False)
        ),
    )


def nothing_known(result: T, *names: str) -> T:
    """The result with these fields None, or all that are numbers, dates or text."""
    chosen = names or tuple(
        name for name, value in vars(result).items() if not isinstance(value, tuple | Result | bool)
    )
    return replace(result, **dict.fromkeys(chosen))  # type: ignore[type-var] # every result is a dataclass


def unknown_report(*, follow: bool = False, **changes: Any) -> FlowReport:
    """The report of a day about which hardly anything is known: None wherever it can be."""
    lacking = (
        "share_of_gross", "open_interest", "oi_change", "opened_at_least", "distance", "delta", "break_even", "bid", "ask",
    )  # fmt: skip
    option = nothing_known(
        OPTION, "bid", "ask", "last", "volume", "open_interest", "iv", "delta", "priced_by", "cost", "spread_share",
        "break_even", "at_target", "at_stop", "insured_loss",
    )  # fmt: skip
    market = replace(
        nothing_known(
            IDEA, "entry", "target", "stop", "reward", "risk", "reward_to_risk", "break_even_rate", "target_moves"
        ),
        entry_kind="market",
        record=IdeaRecord(n=0, hit_rate=None, mean_return=None, base_n=0, base_rate=None, base_return=None, jumps=0),
    )
    clusters = replace(nothing_known(CLUSTERS), calls=(), puts=(), put_band=None, nearest_calls=())
    positioning = replace(
        nothing_known(POSITIONING), comparable=True, put_additions=(), oi_clusters=clusters, hedging=Hedging()
    )
    unknown: dict[str, Any] = {
        **dict.fromkeys(("spot", "spot_source", "spot_time", "close", "change", "verdict", "score", "newer_report", "max_pain_flat")),
        "parts": dict.fromkeys(FACTS.parts),
        "flow": replace(nothing_known(FLOW), is_dividend_play=None),
        "notable": (nothing_known(PUT, *lacking),),
        "cited": (CitedContract(**values_of(nothing_known(replace(PUT, contract="x"), *lacking, "premium", "volume"))),),
        "prints": (nothing_known(BLOCK, "side", "share_of_gross", "distance", "volume", "open_interest", "opened_at_least"),),
        "warnings": (DataWarning("no_spot"), NoBar("no_bar", 0)),
        "positioning": positioning,
        "max_pain": (nothing_known(MAX_PAIN[1], "expected_move"),),
        "levels": replace(
            nothing_known(LEVELS), bollinger=(), put_floors=(), labelled=(LabelledLevel("my level", 102.5, None, None, "given"),),
            unknown=(),
        ),
        "peaks": replace(PEAKS, expiration=None, calls=(), contention_strike=None),
        "noise": (nothing_known(NOISE[0], "net_premium", "net_premium_with"),),
        "watch": (),
        "trade_ideas": (
            replace(market, option=option, horizon=3),
            replace(market, idea="stock play", option=None, horizon=None),
        ),
        "record": VerdictRecord(verdict=None, horizon=3, n=0, hit_rate=None, base_rate=None, base_n=0),
        "charts": ChartData(
            oi_by_strike=(StrikeHoldings(95.0, 0, 10),),
            history=(SessionFlow(DAY, None, None, None, None),),
            max_pain=(ExpiryMaxPain(EXPIRY, 99.0, 99.0, 99.0, None),),
        ),
        "runs": (),
    }  # fmt: skip
    return make_report(follow=follow, **(unknown | changes))


def hostile_report() -> FlowReport:
    """The report in which every name from outside is `HOSTILE`."""
    first, second, third = LEVELS.labelled
    refused = RefusedContract(contract=HOSTILE, expiration=None, strike=None, option_type=None, refused="unreadable")
    return make_report(
        follow=True,
        levels=replace(LEVELS, labelled=(first, replace(second, level=HOSTILE), third)),
        watch=tuple(replace(row, level=HOSTILE) if row is LEVEL else row for row in TRIGGERS),
        noise=(RefusedCitation(**vars(refused)),),
        cited=(*FACTS.cited, refused),
        runs=(RunAnswer(HOSTILE, HOSTILE),),
    )
