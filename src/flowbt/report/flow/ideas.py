"""Trade ideas in words: entry, target, stop and horizon, what it costs and risks, its record, and the command that tests it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flowbt.report.flow.amounts import contract, count, money, percent, plain, price, quote
from flowbt.report.flow.conclusions import FEWEST
from flowbt.report.kit.formats import counted

Row = Mapping[str, Any]


def idea_items(ideas: Sequence[Row], symbol: str) -> list[tuple[str, str]]:
    """The ideas that trade today, each by its name."""
    return [(idea["idea"].capitalize(), idea_words(idea, symbol)) for idea in ideas if idea["active"]]


def idle_ideas(ideas: Sequence[Row]) -> str:
    """Those that do not, in one sentence."""
    idle = [idea for idea in ideas if not idea["active"]]
    told = [f"{idea['idea']}{'' if idea['known'] else ' (what it needs is not all known)'}" for idea in idle]
    text = ", ".join(told)
    return f"{text[:1].upper()}{text[1:]}." if told else ""


def idea_words(idea: Row, symbol: str) -> str:
    """An idea's plan, its risk, its option and its record."""
    return " ".join(
        filter(
            None,
            [
                _plan(idea, symbol),
                _risk(idea),
                _option(idea),
                _record(idea["record"]),
                f"Test it: `{idea['command']}`.",
            ],
        )
    )


def _plan(idea: Row, symbol: str) -> str:
    side = "Buy" if idea["side"] == "long" else "Sell short"
    what = symbol
    if idea["option"]:
        option = f"the {contract(idea['option'])}"
        what = option if idea["option"]["option_type"] == "call" else f"{symbol} and {option}"
    order = {
        "market": "at the next open" + (f" (spot {price(idea['entry'])})" if idea["entry"] is not None else ""),
        "stop": f"if {symbol} {'breaks above' if idea['side'] == 'long' else 'breaks below'} {price(idea['entry'])}",
        "limit": f"if {symbol} comes back to {price(idea['entry'])}",
    }[idea["entry_kind"]]
    if idea["entry_kind"] != "market":
        order += f" within {counted(idea['valid_for'], 'session')}"
    ends = [f"target {price(idea['target'])}"] if idea["target"] is not None else []
    if idea["stop"] is not None:
        distance = idea["stop_from_fill"]
        from_fill = f"{percent(distance, 0)} from the fill, {price(idea['stop'])} from the spot"
        ends.append(f"stop {price(idea['stop']) if distance is None else from_fill}")
    if idea["horizon"]:
        ends.append(f"out after {counted(idea['horizon'], 'session')}")
    if idea["exit_on"]:
        ends.append(f"out at the close of {idea['exit_on']}")
    return f"{'; '.join(filter(None, [f'{side} {what} {order}', ', '.join(ends)]))}."


def _risk(idea: Row) -> str:
    if idea["reward_to_risk"] is None:
        return f"Risk to the stop {quote(idea['risk'])} a share." if idea["risk"] is not None else ""
    moves = idea["target_moves"]
    far = (
        f" The target is {plain(moves, 1)} times the move expected over the horizon away." if moves is not None else ""
    )
    return (
        f"In the shares: risk {quote(idea['risk'])} for {quote(idea['reward'])}, so {percent(idea['break_even_rate'], 0)} of such "
        f"trades must reach the target before the stop to make nothing, costs and time exits aside.{far}"
    )


def _option(idea: Row) -> str:
    option = idea["option"]
    if option is None:
        return ""
    if option["cost"] is None:
        return "That option has neither a quote nor a trade on this day."
    said = _cost(option)
    if option["option_type"] == "call" and option["at_target"] is not None and option["at_stop"] is not None:
        said += (
            f" When the horizon ends it would be worth about {money(option['at_target'])} with the price at the target, "
            f"{money(option['at_stop'])} at the stop (volatility unchanged)."
        )
    if option["outlived_until"]:
        said += f" The plan may last to {option['outlived_until']}, the option can be traded until {option['last_trading_day']}."
    return said


def _cost(option: Row) -> str:
    held = f"{count(option['open_interest'])} held"
    if option["priced_by"] == "ask":
        priced = f"at the ask ({quote(option['bid'])} by {quote(option['ask'])}, a spread of {percent(option['spread_share'], 0)}; {held})"
    else:
        priced = f"at the day's last trade (the source quotes none; {held})"
    if option["insured_loss"] is not None:
        return (
            f"The put costs {money(option['cost'])} for 100 shares {priced}: bought with the shares at the spot, at most "
            f"{money(option['insured_loss'])} can be lost until it expires."
        )
    return (
        f"One contract costs {money(option['cost'])} {priced}; all of that can be lost; break-even at expiry "
        f"{price(option['break_even'])}."
    )


def _record(record: Row) -> str:
    if not record["n"]:
        return "No such trade has ended in this symbol before."
    times = counted(record["n"], "such trade")
    if record["n"] < FEWEST:
        return f"{times.capitalize()} ended before: too few to say anything of."
    base = ", with hardly another session to compare with"
    if record["base_rate"] is not None:
        base = f", against {percent(record['base_rate'], 0)} of the same trade on all {count(record['base_n'])} sessions that allowed it"
    mean = percent(record["mean_return"], 2, signed=True)
    jumps = ""
    if record.get("jumps"):
        span = "spans" if record["jumps"] == 1 else "span"
        jumps = f" {count(record['jumps'])} of them {span} a price jump without a split or dividend on file, so this record is doubtful."
    return (
        f"Record in the shares: {times}, {percent(record['hit_rate'], 0)} made money{base}; mean {mean} a trade after 1 bp a fill."
        f"{jumps}"
    )
