"""The answer of a backtest in words: what the account made, what holding would have made, luck, and room for costs.

What makes these numbers doubtful comes last: price moves that no split or dividend on file explains.
"""

from collections.abc import Sequence
from math import log
from typing import Any, Final

from flowbt.corporate_actions import SMALL
from flowbt.evaluation.inference import FEWEST
from flowbt.report.kit.formats import counted, known, listed, p_phrase, percent, plain, small_percent, span
from flowbt.report.kit.significance import SIGNIFICANT, Document

NAMED: Final = 3
"""Jumps named in the answer; the document lists all."""


def backtest_answer(document: Document) -> str:
    """What would the strategy of a backtest (`interface.md`) have made, and is it more than luck?"""
    strategy, symbols = str(document.get("strategy", "The strategy")), listed(document.get("symbols") or [])
    place = f" in {symbols}" if symbols else ""
    plans, trades = int(document.get("plans") or 0), int(document.get("trades") or 0)
    if not plans:
        nothing = f"{strategy} never asked for a trade{place}{span(document, ' from ')}: there is nothing to measure."
        return " ".join(filter(None, [nothing, *_doubts(document)]))
    if not trades:
        what = "its one plan" if plans == 1 else f"none of its {plans} plans"
        was = "was not carried out" if plans == 1 else "was carried out"
        nothing = (
            f"{strategy} made no trade{place}{span(document, ' from ')}: {what} {was}, so there is nothing to measure."
        )
        return " ".join(filter(None, [nothing, *_doubts(document)]))
    closed = trades - int(document.get("open_trades") or 0)
    said = [_result(document, strategy, symbols, trades), _against_base(document)]
    if closed < 1:
        said.append("No trade has closed yet, so nothing can be said of skill or luck.")
    elif closed < FEWEST:
        are = "is" if closed == 1 else "are"
        said.append(f"{counted(closed, 'closed trade')} {are} too few to tell skill from luck.")
    else:
        said += [_luck_of_account(document, closed), _room_for_costs(document)]
    said += _doubts(document)
    return " ".join(filter(None, said))


def _result(document: Document, strategy: str, symbols: str, trades: int) -> str:
    """What the account made, beside buying and holding."""
    measures = document.get("measures") or {}
    still_open = int(document.get("open_trades") or 0)
    facts = [counted(trades, "trade"), f"{still_open} still open" if still_open else "", _costs(document)]
    sides = document.get("sides") or {}
    doing = {(True, False): "buying", (False, True): "shorting"}.get(
        (bool(sides.get("long")), bool(sides.get("short"))), "trading"
    )
    said = (
        f"{strategy}, {doing}{' ' + symbols if symbols else ''} ({', '.join(filter(None, facts))}), "
        f"returned {percent(measures.get('total_return'), signed=True)}{span(document, ' from ')}"
    )
    received = known(measures.get("dividends"))
    if received:
        price_return = percent(measures.get("price_return"), signed=True)
        what = "received" if received > 0 else "paid"
        said += f" ({price_return} without the {plain(abs(received), 0)} USD of dividends {what})"
    held = document.get("buy_and_hold")
    if known(held) is not None:
        what = "it" if len(document.get("symbols") or []) == 1 else "the same symbols"
        said += f", while buying and holding {what} returned {percent(held, signed=True)}"
    won = measures.get("hit_rate")
    return f"{said}; {percent(won, 0)} of the closed trades made money." if known(won) is not None else f"{said}."


def _against_base(document: Document) -> str:
    """The plans' hit rate beside that of the same trade entered on every session that could be judged."""
    events = document.get("events") or {}
    won, base = known(events.get("hit_rate")), known(events.get("base_rate"))
    if won is None or base is None:
        return ""
    plans = counted(int(events.get("n") or 0), "plan")
    return f"Of the {plans} on their own {percent(won, 0)} won; on every session that could be judged the same trade wins {percent(base, 0)}."


def _costs(document: Document) -> str:
    costs = document.get("costs")
    if not costs:
        return ""
    parts = [
        f"{number:g} bp {word}"
        for word in ("slippage", "fees")
        if (number := known(costs.get(f"{word}_bp"))) is not None and number > 0
    ]
    return f"{' and '.join(parts)} a fill" if parts else "no costs"


def _luck_of_account(document: Document, closed: int) -> str:
    """Whether the account's daily returns differ from nothing by more than luck (key `inference`, if given)."""
    test = document.get("inference") or {}
    mean, t, p = (known(test.get(key)) for key in ("mean_daily", "t", "p_value"))
    if mean is None or p is None:
        return f"With {counted(closed, 'closed trade')}, whether this is more than luck was not tested."
    numbers = f"({f't = {plain(t)}, ' if t is not None else ''}{p_phrase(p)})"
    said = f"The mean daily return, {small_percent(mean)},"
    if p < SIGNIFICANT:
        than = "more" if mean > 0 else "worse"
        caution = " One test is no proof: it should hold on data nobody has looked at." if mean > 0 else ""
        return f"{said} is {than} than luck explains {numbers}.{caution}"
    visible = known(test.get("minimum_detectable"))
    seen = (
        f"; only {small_percent(visible).lstrip('+')} a day or more would have been visible"
        if visible is not None
        else ""
    )
    return f"{said} is within luck {numbers}{seen}."


def _room_for_costs(document: Document) -> str:
    """At what cost the trades would have made nothing."""
    even = known((document.get("measures") or {}).get("break_even_cost"))
    costs = document.get("costs") or {}
    charged = sum(known(costs.get(f"{word}_bp")) or 0.0 for word in ("slippage", "fees"))
    if even is None:
        return ""
    if even <= 0:
        return "The trades would have lost money even without costs."
    if even <= charged:
        return f"Without costs they would have made money; costs above {plain(even, 1)} bp a fill eat it."
    return f"Costs above {plain(even, 1)} bp a fill would have eaten what the trades made."


def _doubts(document: Document) -> list[str]:
    """Price moves that no action on file explains (key `jumps`), and splits that the bars do not show."""
    jumps: Sequence[Any] = document.get("jumps") or []
    crossed = [jump for jump in jumps if jump["events"] or jump["trades"]]
    outside = [jump for jump in jumps if not (jump["events"] or jump["trades"])]
    said = []
    if crossed:
        trades, plans = (max(int(jump[key]) for jump in crossed) for key in ("trades", "events"))
        where = (
            counted(trades, "trade")
            if trades
            else f"{counted(plans, 'plan')} on {'its' if plans == 1 else 'their'} own"
        )
        if len(crossed) > 1:
            where = "trades" if trades else "plans on their own"
        said.append(
            f"Inside {where}, no split or dividend on file explains {_moves(crossed)}: the results across "
            f"{'it' if len(crossed) == 1 else 'them'} are doubtful; if it was a split, add it with `flowbt ingest actions`."
        )
    if outside:
        said.append(
            f"No trade spans {_moves(outside)}, which nothing on file explains, but buying and holding and the base rate do."
        )
    splits: Sequence[Any] = document.get("splits_not_in_bars") or []
    if splits:
        named = [f"{split['symbol']} {split['value']:g}-for-1 on {split['date']}" for split in splits]
        one = len(splits) == 1
        said.append(
            f"The bars do not show {'this split' if one else 'these splits'} on file, so {'it was' if one else 'they were'} "
            f"not applied: {listed(named, NAMED)}. Such bars are split-adjusted already, and strikes are not."
        )
        if any(abs(log(split["value"])) < SMALL for split in splits):
            said.append(
                "A split of less than 6 for 5 can be hidden by an ordinary move, so this may be wrong; bars with adjusted closes "
                "decide it."
            )
    dividends: Sequence[Any] = document.get("dividends_in_prices") or []
    if dividends:
        symbols = sorted({dividend["symbol"] for dividend in dividends})
        said.append(
            f"The prices of {listed(symbols, NAMED)} are adjusted for dividends already, so "
            f"{counted(len(dividends), 'dividend')} on file {'was' if len(dividends) == 1 else 'were'} not paid again."
        )
    return said


def _moves(jumps: Sequence[Any]) -> str:
    """Moves by symbol, dates, size and prices."""
    told = [
        f"the {percent(jump['move'], signed=True)} move of {jump['symbol']} from {jump['previous']} to {jump['date']} "
        f"({plain(jump['from'])} to {plain(jump['to'])}{' in the chain' if jump['source'] == 'chain' else ''})"
        for jump in jumps
    ]
    return listed(told, NAMED)
