"""Thresholds given as text: setting the fields of a frozen dataclass, including nested ones.

`bearish=0.3` sets a field of the dataclass itself, or of the only nested dataclass that has it; `signal.bearish=0.3`
gives the full name.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from flowbt.errors import FlowbtError, UnknownNameError

T = TypeVar("T")


def parse_settings(pairs: Iterable[str]) -> dict[str, str]:
    """Parse `["a=1", "b=2"]` into a mapping of name to text.

    Raises:
        FlowbtError: a text is not `name=value`.
    """
    settings = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise FlowbtError(f"'{pair}' is not a valid setting: write name=value")
        settings[name.strip()] = value.strip()
    return settings


def configure(thing: T, settings: Mapping[str, str]) -> T:
    """The frozen dataclass with these fields replaced, each parsed by its type.

    Raises:
        FlowbtError: an unknown or ambiguous field, or a value that does not fit its type.
    """
    for name, value in settings.items():
        thing = _set(thing, _full_name(thing, name), value)
    return thing


def flatten(thing: Any) -> dict[str, Any]:
    """Fields by their full names: `{"hold": 3, "signal.bearish": 0.25}`."""
    flat: dict[str, Any] = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        if is_dataclass(value):
            flat |= {f"{field.name}.{name}": inner for name, inner in flatten(value).items()}
        else:
            flat[field.name] = value
    return flat


def _full_name(thing: Any, name: str) -> str:
    names = flatten(thing)
    if name in names:
        return name
    nested = [full for full in names if full.endswith(f".{name}")]
    if len(nested) > 1:
        raise FlowbtError(f"'{name}' of {type(thing).__name__} could be {' or '.join(nested)}: give the full name")
    if not nested:
        raise UnknownNameError("parameter", name, names, where=type(thing).__name__, hint=f"it has {', '.join(names)}")
    return nested[0]


def _set(thing: Any, full_name: str, text: str) -> Any:
    name, _, rest = full_name.partition(".")
    if rest:
        return replace(thing, **{name: _set(getattr(thing, name), rest, text)})
    return replace(thing, **{name: _read(text, get_type_hints(type(thing))[name], f"{type(thing).__name__}.{name}")})


def _read(text: str, kind: Any, where: str) -> Any:
    options = get_args(kind)
    if get_origin(kind) is Literal:
        if text not in options:
            raise UnknownNameError("value", text, options, where=where, hint=f"use one of {', '.join(options)}")
        return text
    if type(None) in options:
        if text.lower() in {"none", "null", ""}:
            return None
        kind = next(option for option in options if option is not type(None))
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        value = kind(text) if kind in {int, float, str} else text
    except (ValueError, KeyError):
        raise FlowbtError(f"'{text}' is not a valid {kind.__name__} for {where}") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise FlowbtError(f"'{text}' is not a finite number for {where}")
    return value
