"""Trade ideas in words: entry, target, stop and horizon, cost and risk, the record, and the command that tests it."""

from collections.abc import Sequence

from flowbt.evaluation.inference import FEWEST
from flowbt.flow.legs import MULTIPLIER, OptionQuote
from flowbt.flow.report import FlowReport
from flowbt.flow.track_record import COSTS, IdeaRecord
from flowbt.flow.trade_ideas import TradeIdea
from flowbt.report.flow.amounts import count
from flowbt.report.flow.money import Money
from flowbt.report.kit.formats import counted, percent, plain
from flowbt.report.kit.section import Item, Section

DISCLAIMER = "From the bundled strategies, independently of each other; they can conflict. Not investment advice."


def ideas_section(report: FlowReport, money: Money) -> Section:
    """The plans that trade today, and the strategies without one."""
    ideas = report.trade_ideas
    active = [Item(idea.idea.capitalize(), idea_words(idea, report.symbol, money)) for idea in ideas if idea.active]
    idle = idle_ideas(ideas)
    return Section(
        "Trade ideas",
        sentences=(DISCLAIMER,) if ideas else (),
        items=(*active, *((Item("No setup today", idle),) if idle else ())),
    )


def idle_ideas(ideas: Sequence[TradeIdea]) -> str:
    """The strategies that do not trade today, in one sentence."""
    idle = [f"{idea.idea}{'' if idea.known else ' (inputs not all known)'}" for idea in ideas if not idea.active]
    text = ", ".join(idle)
    return f"{text[:1].upper()}{text[1:]}." if idle else ""


def idea_words(idea: TradeIdea, symbol: str, money: Money) -> str:
    """An idea's plan, its risk, its option and its record."""
    sentences = (
        _plan(idea, symbol, money),
        _risk(idea, money),
        _option(idea.option, money) if idea.option else "",
        record_words(idea.record),
        f"Test it: `{idea.command}`.",
    )
    return " ".join(filter(None, sentences))


def _plan(idea: TradeIdea, symbol: str, money: Money) -> str:
    side = "Buy" if idea.side == "long" else "Sell short"
    what = symbol
    if idea.option:
        option = f"the {money.contract(idea.option)}"
        what = option if idea.option.option_type == "call" else f"{symbol} and {option}"
    ends = [f"target {money.price(idea.target)}"] if idea.target is not None else []
    if idea.stop is not None:
        stop = money.price(idea.stop)
        if idea.stop_from_fill is not None:
            stop = f"{percent(idea.stop_from_fill, 0)} from the fill, {stop} from the spot"
        ends.append(f"stop {stop}")
    if idea.horizon:
        ends.append(f"exit after {counted(idea.horizon, 'session')}")
    if idea.exit_on:
        ends.append(f"exit at the close of {idea.exit_on}")
    return f"{'; '.join(filter(None, [f'{side} {what} {_order(idea, symbol, money)}', ', '.join(ends)]))}."


def _order(idea: TradeIdea, symbol: str, money: Money) -> str:
    entry = money.price(idea.entry)
    if idea.entry_kind == "market":
        return "at the next open" + (f" (spot {entry})" if idea.entry is not None else "")
    breaks = "breaks above" if idea.side == "long" else "breaks below"
    condition = breaks if idea.entry_kind == "stop" else "comes back to"
    return f"if {symbol} {condition} {entry} within {counted(idea.valid_for, 'session')}"


def _risk(idea: TradeIdea, money: Money) -> str:
    if idea.reward_to_risk is None:
        return f"Shares: risk {money.quote(idea.risk)} to the stop." if idea.risk is not None else ""
    moves = idea.target_moves
    away = f" The target is {plain(moves, 1)} times the expected move of the horizon away." if moves is not None else ""
    return (
        f"Shares: risk {money.quote(idea.risk)} to make {money.quote(idea.reward)} ({plain(idea.reward_to_risk, 1)} to 1); breaks "
        f"even at a {percent(idea.break_even_rate, 0)} win rate before costs and time exits.{away}"
    )


def _option(option: OptionQuote, money: Money) -> str:
    if option.cost is None:
        return "The option has neither a quote nor a trade on this day."
    text = _cost(option, money)
    if option.option_type == "call" and option.at_target is not None and option.at_stop is not None:
        text += (
            f" At the end of the horizon it would be worth about {money.amount(option.at_target)} with the price at the target, "
            f"{money.amount(option.at_stop)} at the stop (volatility unchanged)."
        )
    if option.outlived_until:
        text += f" The plan may last until {option.outlived_until}, but the option trades only until {option.last_trading_day}."
    return text


def _cost(option: OptionQuote, money: Money) -> str:
    interest = f"open interest {count(option.open_interest)}"
    if option.priced_by == "ask":
        quote = f"{money.quote(option.bid)} bid, {money.quote(option.ask)} ask, a spread of {percent(option.spread_share, 0)}"
        priced = f"at the ask ({quote}; {interest})"
    else:
        priced = f"at the day's last trade (not quoted by the source; {interest})"
    cost = money.amount(option.cost)
    if option.insured_loss is not None:
        loss = money.amount(option.insured_loss)
        return (
            f"The put costs {cost} for {MULTIPLIER} shares today {priced}: with the shares bought at the spot, the maximum loss until "
            f"it expires is {loss}."
        )
    even = money.price(option.break_even)
    return f"One contract costs {cost} today {priced}, all of which can be lost; break-even at expiry {even}."


def record_words(record: IdeaRecord) -> str:
    """How earlier trades of the idea ended."""
    if not record.n:
        return "No earlier trade of this kind has ended in this symbol."
    trades = counted(record.n, "trade")
    if record.n < FEWEST:
        return f"Only {trades} of this kind {'has' if record.n == 1 else 'have'} ended before, too few to judge."
    base = " (no base rate: the setup occurs on nearly every session)"
    if record.base_rate is not None:
        base = f", against {percent(record.base_rate, 0)} for the same trade on all {count(record.base_n)} sessions that allowed it"
    mean = f"mean {percent(record.mean_return, 2, signed=True)} per trade after {COSTS.slippage_bp:g} bp per fill"
    return f"Record (shares): {trades}, {percent(record.hit_rate, 0)} profitable{base}; {mean}.{_jumps(record)}"


def _jumps(record: IdeaRecord) -> str:
    if not record.jumps:
        return ""
    span = "spans" if record.jumps == 1 else "span"
    return f" {count(record.jumps)} of them {span} a price jump without a split or dividend on file, so this record is doubtful."
