"""Guess which column of an unknown file is which of ours, from its name and its cells."""

import re
from collections.abc import Mapping
from typing import Final

import polars as pl

from flowbt.lake.intake.contract_symbols import contract_parts
from flowbt.lake.vendors.layout import OPTION_TYPES
from flowbt.schema import QUOTE_COLUMNS, SIDES, SYMBOL_PATTERN

_USUAL: Final[Mapping[str, str]] = {
    "contract": "contractsymbol optionsymbol contract contractid osi occ occsymbol optionchainid optioncode option ticker symbol",
    "symbol": "symbol ticker underlying underlyingsymbol underlyingticker actsymbol stocksymbol basesymbol root rootsymbol",
    "date": "date quotedate tradedate datadate asof asofdate day snapshotdate tradingday pricedate timestamp datetime time quotetime",
    "expiration": "expiration expiry exp expirationdate expirydate expdate exdate expirdate optionexpiration maturity expires",
    "strike": "strike strikeprice k exerciseprice strikepx",
    "option_type": "optiontype type cp callput putcall right side cpflag kind contracttype optionright",
    "bid": "bid bidprice bidpx bestbid",
    "ask": "ask askprice askpx bestask offer bestoffer",
    "last": "last lastprice ltp lasttradeprice lastpx close closeprice",
    "vwap": "vwap",
    "volume": "volume vol totalvolume tradevolume tradedvolume traded contractstraded",
    "open_interest": "openinterest oi openint",
    "iv": "iv impliedvolatility impliedvol impvol volatility midiv",
    "delta": "delta",
    "gamma": "gamma",
    "theta": "theta",
    "vega": "vega",
    "underlying_price": "underlyingprice underlyinglast underlyinglastprice underlyingclose spot spotprice stockprice stocklast currentprice underlyingpx",
    "multiplier": "multiplier contractsize lotsize lot",
}
"""Usual names of our columns, in lower case without punctuation, the most likely first."""
_BARS: Final[Mapping[str, str]] = {
    "symbol": "symbol ticker",
    "date": "date timestamp datetime day time tradedate",
    "open": "open openprice o",
    "high": "high highprice h",
    "low": "low lowprice l",
    "close": "close closeprice c last",
    "volume": "volume vol v",
    "adj_close": "adjclose adjustedclose",
}
_SIDE_WORDS: Final = {"call": "call", "calls": "call", "ce": "call", "c": "call"} | {
    "put": "put",
    "puts": "put",
    "pe": "put",
    "p": "put",
}


def guess_columns(cells: pl.DataFrame) -> tuple[str, dict[str, str]]:
    """The table that the file probably belongs to, and our columns to the file's.

    Args:
        cells: the first rows, as text, under folded names.
    """
    names = {re.sub("[^a-z0-9]", "", name.rpartition(".")[2]): name for name in reversed(cells.columns)}
    has_bars = all(set(_BARS[name].split()) & set(names) for name in ("open", "high", "low", "close"))
    if has_bars and not set(_USUAL["strike"].split()) & set(names):
        contracts = any(_is_contract(cells[name]) for name in names.values())
        if not contracts:
            return "prices", _named(_BARS, names, cells)
    sided = _sided(cells.columns)
    columns = _named({name: words for name, words in _USUAL.items() if f"call_{name}" not in sided}, names, cells)
    columns = {name: theirs for name, theirs in columns.items() if theirs not in sided.values()} | sided
    if sided:
        columns.pop("option_type", None)
    _by_content(columns, cells)
    order = ["contract", "symbol", "date", "expiration", "strike", "option_type", "underlying_price", "multiplier"]
    return "chains", dict(sorted(columns.items(), key=lambda one: order.index(one[0]) if one[0] in order else 99))


def _named(usual: Mapping[str, str], names: Mapping[str, str], cells: pl.DataFrame) -> dict[str, str]:
    named: dict[str, str] = {}
    for ours, words in usual.items():
        candidates = [names[word] for word in words.split() if word in names and names[word] not in named.values()]
        fitting = next((name for name in candidates if _may_be(ours, cells[name])), None)
        if fitting is not None:
            named[ours] = fitting
    return named


def _may_be(ours: str, cells: pl.Series) -> bool:
    filled = cells.drop_nulls()
    if ours == "contract":
        return _is_contract(filled)
    if ours == "option_type":
        return _is_option_type(filled)
    if ours == "symbol":
        return (
            bool(len(filled))
            and bool(filled.str.to_uppercase().str.contains(SYMBOL_PATTERN).all())
            and not _is_contract(filled)
        )
    if ours in {"date", "expiration"}:
        return bool(len(filled)) and bool(filled.str.contains(r"\d").all())
    return True


def _is_contract(cells: pl.Series) -> bool:
    filled = cells.drop_nulls().unique()
    if not len(filled):
        return False
    read = contract_parts(filled)["strike"]
    return read.null_count() * 10 <= len(filled)


def _is_option_type(cells: pl.Series) -> bool:
    words = set(cells.str.to_lowercase().unique().to_list())
    return bool(words) and words <= {*OPTION_TYPES, *SIDES}


def _sided(names: list[str]) -> dict[str, str]:
    """Columns of a call and a put in one row: `call_bid` and `put_bid`, or `bid` on the left and `bid_2` on the right of the strike."""
    quotes = {word: ours for ours in QUOTE_COLUMNS for word in _USUAL[ours].split()}
    by_column: dict[str, str] = {}
    for name in names:
        for side, rest in _split(name):
            if rest in quotes:
                by_column.setdefault(f"{side}_{quotes[rest]}", name)
    pairs = {ours: name for ours, name in by_column.items() if f"put_{ours.partition('_')[2]}" in by_column}
    if len([ours for ours in pairs if ours.startswith("call_")]) >= 2:
        return {ours: name for ours, name in by_column.items() if _other(ours) in by_column or ours in pairs}
    mirrored: dict[str, str] = {}
    for name in names:
        word = re.sub("[^a-z0-9]", "", name)
        if word in quotes and f"{name}_2" in names and f"call_{quotes[word]}" not in mirrored:
            mirrored |= {f"call_{quotes[word]}": name, f"put_{quotes[word]}": f"{name}_2"}
    return mirrored if len(mirrored) >= 4 else {}


def _split(name: str) -> list[tuple[str, str]]:
    plain = re.sub("[^a-z0-9]", "", name)
    parts = [word for word in re.split("[^a-z0-9]+", name) if word]
    splits = [
        (side, plain.removeprefix(word))
        for word, side in _SIDE_WORDS.items()
        if plain.startswith(word) and plain != word
    ]
    if len(parts) > 1 and parts[-1] in _SIDE_WORDS:
        splits.append((_SIDE_WORDS[parts[-1]], "".join(parts[:-1])))
    return splits


def _other(ours: str) -> str:
    side, _, name = ours.partition("_")
    return f"{'put' if side == 'call' else 'call'}_{name}"


def _by_content(columns: dict[str, str], cells: pl.DataFrame) -> None:
    """Add columns that can only be recognised by their cells: contract symbols, and calls and puts."""
    for name in cells.columns:
        if name in columns.values():
            continue
        if "contract" not in columns and _is_contract(cells[name]):
            columns["contract"] = name
        elif not {"option_type", "call_bid", "call_last"} & set(columns) and _is_option_type(cells[name].drop_nulls()):
            columns["option_type"] = name
