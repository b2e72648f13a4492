"""The whole story on the embedded synthetic market: lake, flow report, evaluation, backtest, report."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowbt.documents import Result, internal
from flowbt.errors import FlowbtError
from flowbt.evaluation.assessment import BacktestRun
from flowbt.evaluation.results import SignalEvaluation
from flowbt.flow.report import FlowReport
from flowbt.lake import Lake
from flowbt.market import MarketConfig
from flowbt.signals import FlowVerdict
from flowbt.strategy import Plan, Strategy, from_entry
from flowbt.workflows.backtest import run_backtest
from flowbt.workflows.evaluate import evaluate_signal
from flowbt.workflows.flow_report import flow_report
from flowbt.workflows.flow_report_files import write_reports
from flowbt.workflows.simulate import simulate_market

MARKET = MarketConfig(symbols=8, sessions=500, seed=7, edge_bp=60.0, edge_horizon=3, contracts_per_snapshot=600)


@dataclass(frozen=True)
class FollowVerdict(Strategy):
    """With the flow verdict: long after a bullish one, short after a bearish one, out after three sessions."""

    signal: FlowVerdict = FlowVerdict()
    hold: int = 3
    stop: float = 0.05

    def plan(self) -> Plan:
        """One trade per verdict that is not neutral."""
        verdict = self.signal.verdict()
        return Plan(when=verdict != 0, side=verdict, stop=from_entry(self.stop), exit_after=self.hold)


@dataclass(frozen=True)
class Planted(Result):
    """The drift that follows extreme flow in the simulated market: its size in basis points, over how many sessions.

    Attributes:
        edge_bp: drift after extreme flow, in basis points.
        edge_horizon: sessions over which it is spread.
    """

    edge_bp: float
    edge_horizon: int


@dataclass(frozen=True, kw_only=True)
class Demo(Result):
    """What the demo found.

    Attributes:
        lake: the folder of its lake.
        planted: the edge that was planted in its market.
        verdict: the flow report of one symbol's latest day.
        page: the file of that report.
        evaluation: of the flow verdict.
        backtest: of `FollowVerdict`.
    """

    lake: str
    planted: Planted
    verdict: FlowReport
    page: str = internal()
    evaluation: SignalEvaluation
    backtest: BacktestRun

    def document(self) -> dict[str, Any]:
        """The JSON document; the flow report says where its page is."""
        document = super().document()
        return document | {"verdict": document["verdict"] | {"report": self.page}}


def run_demo(folder: Path, reports: Path, say: Callable[[str], None]) -> Demo:
    """Simulate a market with a planted edge (once) and run the main questions on it.

    Args:
        folder: the demo's lake; an existing one is used as it is.
        reports: where to write the runs.
        say: receives a line of progress at a time.
    """
    lake = Lake(folder)
    if set(lake.versions()) == {"chains"}:
        raise FlowbtError(f"the demo's lake at '{folder}' is incomplete: delete the folder and run the demo again")
    if not lake.versions():
        say(
            f"Simulating {MARKET.symbols} symbols over {MARKET.sessions} sessions; after extreme flow the price is made to "
            f"drift {MARKET.edge_bp:g} bp over {MARKET.edge_horizon} sessions ..."
        )
        simulate_market(lake, MARKET)
    symbols = lake.symbols()
    say("Reading today's flow ...")
    verdict = flow_report(lake, symbols[0])
    page = write_reports([verdict], reports / f"flow-{symbols[0]}")[-1]
    say("Does the verdict predict? ...")
    evaluation = evaluate_signal(lake, FlowVerdict(), reports=reports)
    say("Would it have paid? ...")
    backtest = run_backtest(lake, FollowVerdict(), reports=reports)
    return Demo(
        lake=str(folder),
        planted=Planted(MARKET.edge_bp, MARKET.edge_horizon),
        verdict=verdict,
        page=str(page),
        evaluation=evaluation,
        backtest=backtest,
    )
