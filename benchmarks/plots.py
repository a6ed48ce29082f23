"""Log-log plots of what was measured, as SVG (extra `bench`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.results import Result

MARKS = "osD^v<>PX*hp"


def plot(results: Sequence[Result], folder: Path) -> None:
    """Draw processor time and memory against states. Raises ImportError where matplotlib is not installed."""
    _draw(results, lambda one: one.cpu, "processor time, seconds", folder / "time.svg")
    _draw(results, lambda one: one.memory / 1e6, "largest memory of the process, MB", folder / "memory.svg")


def _draw(results: Sequence[Result], value: Callable[[Result], float], label: str, file: Path) -> None:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "bgsync"
    figure = Figure(figsize=(9, 7.5), layout="constrained")
    axes = figure.subplots()
    for number, engine in enumerate(dict.fromkeys(one.engine for one in results)):
        points = sorted((one.states, value(one)) for one in results if one.engine == engine)
        ours = engine.startswith("bgsync")
        axes.plot(
            *zip(*points, strict=True),
            marker=MARKS[number % len(MARKS)],
            linestyle="-" if ours else "--",
            linewidth=2 if ours else 1.2,
            color=f"C{number}" if number < 10 else ("black", "darkgreen", "navy", "maroon")[number % 4],
            label=engine,
        )
    axes.set(xscale="log", yscale="log", xlabel="states", ylabel=label)
    axes.grid(which="major", alpha=0.3)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    figure.savefig(file, metadata={"Date": None})
