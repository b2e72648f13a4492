"""The command line: parses arguments, calls `flowbt.workflows`, prints.

Commands import what they need when they run, so that `flowbt --help` loads nothing but typer.

Exit codes: 0 done; 1 done, but a requested check or file failed; 2 the request cannot be carried out.
"""

import sys

import typer

from flowbt.cli import (
    backtest,
    check,
    compact,
    demo,
    evaluate,
    export,
    fetch,
    ingest,
    metrics,
    quarantine,
    simulate,
    snapshot,
    status,
    verdict,
    verify,
)
from flowbt.errors import FlowbtError

app = typer.Typer(
    name="flowbt",
    help="Does an options-flow verdict predict what the price does next, and would it have paid?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    demo.demo,
    simulate.simulate,
    fetch.fetch,
    ingest.ingest,
    snapshot.snapshot,
    status.status,
    quarantine.quarantine,
    metrics.metrics,
    verdict.verdict,
    evaluate.evaluate,
    backtest.backtest,
    check.check,
    verify.verify,
    compact.compact,
    export.export,
):
    app.command()(command)


def main(arguments: list[str] | None = None) -> None:
    """Run a command, by default that of the process; an error that a user can act on prints one sentence on stderr and exits with code 2."""
    try:
        app(arguments)
    except FlowbtError as error:
        typer.echo(f"flowbt: {error}", err=True)
        sys.exit(2)
