"""The bundled signals, one file each; user-defined signals need no entry here."""

from flowbt.errors import UnknownNameError
from flowbt.signals.base import VERDICT_NAMES, Signal, zscore
from flowbt.signals.call_breakout import CallBreakout
from flowbt.signals.flow_verdict import FlowVerdict
from flowbt.signals.max_pain_gravity import MaxPainGravity

__all__ = [
    "SIGNALS",
    "VERDICT_NAMES",
    "CallBreakout",
    "FlowVerdict",
    "MaxPainGravity",
    "Signal",
    "signal_named",
    "zscore",
]

SIGNALS: dict[str, type[Signal]] = {signal.name(): signal for signal in (FlowVerdict, MaxPainGravity, CallBreakout)}


def signal_named(name: str) -> type[Signal]:
    """The bundled signal class of this name.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in SIGNALS:
        raise UnknownNameError("signal", name, SIGNALS, hint=f"available: {', '.join(SIGNALS)}")
    return SIGNALS[name]
