"""Whether the account's daily returns can be told from chance, and what costs they could bear."""

from flowbt.evaluation.assessment import BacktestRun
from flowbt.evaluation.inference import FEWEST, SIGNIFICANT
from flowbt.report.kit.formats import counted, p_phrase, plain, small_percent


def chance_sentences(run: BacktestRun) -> tuple[str, ...]:
    """Significance and break-even cost, where enough trades have closed to judge them."""
    closed = run.closed_trades
    if closed < 1:
        return ("No trade has closed yet, so significance cannot be judged.",)
    if closed < FEWEST:
        are = "is" if closed == 1 else "are"
        return (f"{counted(closed, 'closed trade')} {are} too few to judge significance.",)
    return (_significance(run, closed), _break_even(run))


def _significance(run: BacktestRun, closed: int) -> str:
    test = run.inference
    if test is None:
        return f"With {counted(closed, 'closed trade')}, significance was not tested."
    numbers = f"t = {plain(test.t)}, {p_phrase(test.p_value)}"
    mean = f"The mean daily return of {small_percent(test.mean_daily)}"
    if test.p_value < SIGNIFICANT:
        if test.mean_daily <= 0:
            return f"{mean} is significantly negative (unlikely to be chance; {numbers})."
        return f"{mean} is significant (unlikely to be chance; {numbers}). One test is not proof: it should also hold on new data."
    smallest = small_percent(test.minimum_detectable).lstrip("+")
    return (
        f"{mean} is not significant (could well be chance; {numbers}); only a mean of {smallest} or more per day would "
        "have been detected."
    )


def _break_even(run: BacktestRun) -> str:
    even = run.measures.break_even_cost
    if even is None:
        return ""
    if even <= 0:
        return "The trades would have lost money even without costs."
    if even <= run.costs.fees_bp + run.costs.slippage_bp:
        return f"Costs turned a gain into a loss: the trades break even at {plain(even, 1)} bp per fill."
    return f"The trades would break even at costs of {plain(even, 1)} bp per fill."
