"""Thresholds given as text: setting the fields of a frozen dataclass, nested ones included.

`bearish=0.3` sets a field, or, where only one nested dataclass has it, that one's; `signal.bearish=0.3` names it in full.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from flowbt.errors import FlowbtError, UnknownNameError

T = TypeVar("T")


def parse_settings(pairs: Iterable[str]) -> dict[str, str]:
    """`["a=1", "b=2"]` as a mapping."""
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise FlowbtError(f"'{pair}' is no setting: write name=value")
        found[name.strip()] = value.strip()
    return found


def configure(thing: T, settings: Mapping[str, str]) -> T:
    """The frozen dataclass with these fields set from text, each read as its type says."""
    for name, value in settings.items():
        thing = _set(thing, _full_name(thing, name), value)
    return thing


def flatten(thing: Any) -> dict[str, Any]:
    """The fields by their full names: `{"hold": 3, "signal.bearish": 0.25}`."""
    flat: dict[str, Any] = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        if is_dataclass(value):
            flat |= {f"{field.name}.{name}": inner for name, inner in flatten(value).items()}
        else:
            flat[field.name] = value
    return flat


def _full_name(thing: Any, name: str) -> str:
    known = flatten(thing)
    if name in known:
        return name
    nested = [full for full in known if full.endswith(f".{name}")]
    if len(nested) > 1:
        raise FlowbtError(f"'{name}' of {type(thing).__name__} could be {' or '.join(nested)}: name it in full")
    if not nested:
        raise UnknownNameError("parameter", name, known, where=type(thing).__name__, hint=f"it has {', '.join(known)}")
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
            raise UnknownNameError("value", text, options, where=where, hint=f"it is one of {', '.join(options)}")
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
        raise FlowbtError(f"'{text}' is no {kind.__name__} for {where}") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise FlowbtError(f"'{text}' is no finite number for {where}")
    return value
