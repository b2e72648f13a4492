"""The key conclusions of a day, in a few sentences."""

from typing import Final

from flowbt.evaluation.inference import FEWEST
from flowbt.flow.excluded_flow import DividendPlay
from flowbt.flow.max_pain import MaxPain
from flowbt.flow.report import VERDICTS, FlowReport
from flowbt.flow.track_record import VerdictRecord
from flowbt.report.flow.amounts import AT_SPOT, count, from_spot, rank
from flowbt.report.flow.money import Money
from flowbt.report.flow.verdict import score_text
from flowbt.report.kit.formats import counted, known, listed, percent, plain

LEAST_COVERED: Final = 0.5
"""Share of the open interest whose gamma must be known to infer anything about dealers."""


def conclusions(report: FlowReport, money: Money) -> tuple[str, ...]:
    """A sentence each on the flow, open interest, max pain, gamma and the verdict's record; what is unknown is left out."""
    sentences = (
        headline(report, money),
        _dividend_play(report, money),
        _open_interest(report, money),
        _max_pain(report, money),
        _gamma(report, money),
        record_sentence(report.record, report.symbol),
    )
    return tuple(sentence for sentence in sentences if sentence)


def headline(report: FlowReport, money: Money) -> str:
    """The verdict with the flow behind it, in one sentence."""
    flow, earlier = report.flow, report.history.earlier

    def ranked(percentile: float | None) -> str:
        if percentile is None:
            return ""
        return f", {'the ' if 0 < percentile < 1 else ''}{rank(percentile, earlier)}"

    numbers = ["net premium unknown"]
    if flow.net_premium is not None:
        numbers = [f"net premium {money.amount(flow.net_premium)} on {money.amount(flow.gross_premium)} gross"]
    if flow.put_call_volume_ratio is not None:
        numbers.append(f"put/call volume {plain(flow.put_call_volume_ratio)}{ranked(flow.put_call_volume_percentile)}")
    if flow.put_call_oi_ratio is not None:
        numbers.append(f"put/call open interest {plain(flow.put_call_oi_ratio)}{ranked(flow.put_call_oi_percentile)}")
    if report.verdict is None:
        reason = report.reasons[0] if report.reasons else "unknown"
        return f"No verdict for {report.symbol}: {reason}. The numbers: {'; '.join(numbers)}."
    relative = f"{report.verdict} relative to its own history (score {score_text(report)})"
    return f"{report.symbol} flow was {relative}: {'; '.join(numbers)}."


def _dividend_play(report: FlowReport, money: Money) -> str:
    play = next((row for row in report.noise if isinstance(row, DividendPlay)), None)
    if play is None:
        return ""
    return (
        f"{money.amount(play.premium)} of call premium is a dividend play, not bullish flow: including it, net premium "
        f"would be {money.amount(play.net_premium_with, signed=True)}."
    )


def _open_interest(report: FlowReport, money: Money) -> str:
    clusters, spot = report.positioning.oi_clusters, report.spot
    if not clusters.puts:
        return ""
    size = f"{count(sum(row.open_interest for row in clusters.puts))} contracts"
    share = f"{percent(clusters.put_share, 0)} of all puts"
    strikes = listed([money.price(row.strike) for row in clusters.puts])
    if clusters.put_band is None:
        return f"Put open interest is concentrated at {strikes}: {size}, {share}."
    low, high = clusters.put_band
    nearest = low if spot and spot < low else high
    edge = "lower" if nearest == low and low != high else "upper"
    band = f"Put open interest is concentrated between {money.price(low)} and {money.price(high)}"
    place = from_spot(nearest / spot - 1) if spot else "at an unknown distance from the spot"
    return f"{band} ({size} at {strikes}, {share}); the {edge} edge is {place}."


def _max_pain(report: FlowReport, money: Money) -> str:
    nearest = next(iter(report.max_pain), None)
    if nearest is None or known(nearest.max_pain) is None or known(nearest.gap) is None:
        return ""
    subject = f"Max pain is flat {near(report.max_pain)}" if report.max_pain_flat else "Max pain of the next expiry is"
    return f"{subject} {money.price(nearest.max_pain)}; {gap_text(nearest)}."


def gap_text(row: MaxPain) -> str:
    """Where the spot is: `the spot is 1.2% below it`."""
    gap = row.gap or 0.0
    if abs(gap) < AT_SPOT:
        return "the spot is at it"
    return f"the spot is {percent(abs(gap))} {'above' if gap > 0 else 'below'} it"


def near(rows: tuple[MaxPain, ...]) -> str:
    """`at` where max pain is the same for all the expiries, else `around`."""
    return "around" if len({row.max_pain for row in rows} - {None}) > 1 else "at"


def _gamma(report: FlowReport, money: Money) -> str:
    positioning, zero, spot = report.positioning, report.levels.zero_gamma, report.spot
    gex = positioning.gex
    if gex is None:
        return ""
    if (known(positioning.gex_coverage) or 0) < LEAST_COVERED:
        covered = percent(positioning.gex_coverage, 0)
        return f"Gamma is known for only {covered} of open interest, too little to infer dealer hedging."
    now, turned = ("amplifies", "dampens") if gex < 0 else ("dampens", "amplifies")
    turn = ""
    if zero and spot:
        side = "above" if zero >= spot else "below"
        turn = f"; {side} {money.price(zero)} ({percent(zero / spot - 1, signed=True)}) it {turned} them"
    size = money.amount(gex, signed=True)
    return f"GEX {size} per 1% move. If dealers are long calls and short puts, their hedging {now} moves{turn}."


def record_sentence(record: VerdictRecord, symbol: str) -> str:
    """How often the verdict was right before; empty without a bearish or bullish verdict."""
    if record.verdict not in {-1, 1}:
        return ""
    verdict, moved = VERDICTS[record.verdict], "fell" if record.verdict < 0 else "rose"
    outcome = f"a {record.horizon}-session outcome"
    if not record.n:
        return f"No earlier {verdict} verdict in {symbol} has {outcome} yet."
    if record.n < FEWEST:
        verdicts = counted(record.n, f"earlier {verdict} verdict")
        return f"Only {verdicts} in {symbol} {'has' if record.n == 1 else 'have'} {outcome}, too few to judge."
    return (
        f"After {count(record.n)} earlier {verdict} verdicts in {symbol} the price {moved} over {record.horizon} sessions in "
        f"{percent(record.hit_rate, 0)} of cases, against a base rate of {percent(record.base_rate, 0)} over "
        f"{count(record.base_n)} sessions. `flowbt evaluate flow_verdict --symbols {symbol}` tests whether the difference is "
        "significant."
    )
