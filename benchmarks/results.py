"""What was measured, and the page that tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import linear_regression, median

from benchmarks.sizes import Size

SINGLE = ("SPIN depth-first", "SPIN breadth-first")
"""Ratios are against the better of these."""

AS_A_WHOLE = ", as a whole"
"""How the name of an engine ends on a size that is searched as a whole."""


@dataclass(frozen=True)
class Result:
    """One engine on one size: medians over its runs, in seconds and bytes."""

    engine: str
    size: str
    states: int
    wall: float
    cpu: float
    memory: int
    runs: int
    before: float
    """What building it, or loading it, took once."""


@dataclass(frozen=True)
class Growth:
    """What a size is made of and what it takes."""

    size: Size
    locals: int
    states: int
    tables: float
    seconds: float
    """By saturation, with symmetry, in processor time."""
    stored: int
    """How many states symmetry leaves."""
    minimal: int | None
    """How many local states minimisation leaves; None where it was not asked."""


def result(
    engine: str, size: str, states: int, wall: Sequence[float], cpu: Sequence[float], memory: int, before: float
) -> Result:
    """Make a result of several runs."""
    return Result(engine, size, states, median(wall), median(cpu), memory, len(wall), before)


def exponent(points: Iterable[tuple[float, float]]) -> float | None:
    """Give the exponent k of the power law y = c x^k nearest to points in a log-log plot (least squares)."""
    logs = [(log(x), log(y)) for x, y in points if x > 0 and y > 0]
    return linear_regression(*zip(*logs, strict=True)).slope if len(logs) >= 3 else None


def page(results: Sequence[Result], growth: Sequence[Growth], notes: Sequence[str], head: str) -> str:
    """Write the page, in Markdown."""
    parts = ["# Measured", "", head, ""]
    sizes = list(dict.fromkeys(one.size for one in results))
    base = {one.engine: one.memory for one in sorted(results, key=lambda one: -one.states)}
    for size in sizes:
        parts += [*_table([one for one in results if one.size == size], base), ""]
    parts += ["## How time grows with states", "", *_exponents(results), ""]
    parts += ["![Processor time against states](time.svg)", "", "![Memory against states](memory.svg)", ""]
    parts += [*_growth(growth), ""] if growth else []
    parts += ["## What was not measured", "", *(f"* {note}" for note in notes or ("Nothing was left out.",)), ""]
    return "\n".join(parts)


COLUMNS = (
    "engine", "processor s", "wall s", "states a processor s", "ratio", "memory MB", "bits a state", "runs", "before s",
)  # fmt: skip


def _table(results: Sequence[Result], base: dict[str, int]) -> Iterator[str]:
    best = min((one.cpu for one in results if one.engine.removesuffix(AS_A_WHOLE) in SINGLE), default=None)
    yield f"## {results[0].size}: {results[0].states:,} states"
    yield ""
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---|" + "---:|" * (len(COLUMNS) - 1)
    for one in sorted(results, key=lambda one: one.cpu):
        ratio = "" if best is None else f"{best / one.cpu:.3g}"
        bits = f"{8 * (one.memory - base[one.engine]) / one.states:.3g}" if one.states >= 1_000_000 else ""
        seconds = f"{one.cpu:.3g}", f"{one.wall:.3g}", _round(one.states / one.cpu), ratio
        cells = (
            one.engine,
            *seconds,
            f"{one.memory / 1e6:,.0f}",
            bits,
            str(one.runs),
            f"{one.before:.2g}" if one.before >= 0.01 else "0",
        )
        yield f"| {' | '.join(cells)} |"


def _round(number: float) -> str:
    digits = max(0, len(str(int(number))) - 3)
    return f"{round(number / 10**digits) * 10**digits:,}"


def _exponents(results: Sequence[Result]) -> Iterator[str]:
    yield "Seconds = c · states^k, fitted by least squares to the logarithms, over sizes of at least 100,000 states:"
    yield ""
    yield "| engine | k | from … to … states |"
    yield "|---|---:|---|"
    for engine in dict.fromkeys(one.engine for one in results):
        points = [(one.states, one.cpu) for one in results if one.engine == engine and one.states >= 100_000]
        k = exponent(points)
        if k is not None:
            yield f"| {engine} | {k:.2f} | {min(points)[0]:,} … {max(points)[0]:,} |"


def _growth(growth: Sequence[Growth]) -> Iterator[str]:
    yield "## How the model grows with tags and calls"
    yield ""
    yield (
        "By saturation with symmetry, which explores one order of the tags and counts the states of all. "
        "Minimal: the local states of a tag that bisimulation leaves."
    )
    yield ""
    yield "| scenario | local states of a tag | minimal | states | explored | saved | tables s | search s |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for one in growth:
        minimal = "" if one.minimal is None else f"{one.minimal:,}"
        yield (
            f"| {one.size.title} | {one.locals:,} | {minimal} | {one.states:,} | {one.stored:,} "
            f"| {one.states / one.stored:.1f}× | {one.tables:.2f} | {one.seconds:.3g} |"
        )
    yield ""
    for calls in sorted({one.size.calls for one in growth}):
        found = [one.states for one in growth if one.size.calls == calls]
        if len(found) >= 2:
            factor = exp(log(found[-1] / found[0]) / (len(found) - 1))
            many = f"{calls} call{'s' * (calls > 1)}"
            yield f"* With {many} in flight one more tag means {factor:.1f} times as many states."
    yield ""
    yield "![States and time against tags](growth.svg)"
