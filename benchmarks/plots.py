"""Log-log plots of what was measured, as SVG (extra `bench`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.results import Growth, Result

MARKS = "osD^v<>PX*hp"


def plot(results: Sequence[Result], growth: Sequence[Growth], folder: Path) -> None:
    """Draw processor time and memory against states, and how both grow with tags and calls.

    Raises ImportError where matplotlib is not installed.
    """
    _draw(results, lambda one: one.cpu, "processor time, seconds", folder / "time.svg")
    _draw(results, lambda one: one.memory / 1e6, "largest memory of the process, MB", folder / "memory.svg")
    if growth:
        _draw_growth(growth, folder / "growth.svg")


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


def _draw_growth(growth: Sequence[Growth], file: Path) -> None:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "bgsync"
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    for number, calls in enumerate(sorted({one.size.calls for one in growth})):
        mine = [one for one in growth if one.size.calls == calls]
        tags, many = [one.size.tags for one in mine], f"{calls} call{'s' * (calls > 1)}"
        style = {"color": f"C{number}", "marker": MARKS[number]}
        left.plot(tags, [one.states for one in mine], label=f"{many}: states", **style)
        left.plot(tags, [one.stored for one in mine], label="kept with symmetry", linestyle=":", **style)
        right.plot(tags, [one.tables for one in mine], label=f"{many}: tables", linestyle="--", **style)
        right.plot(tags, [one.seconds for one in mine], label="search", **style)
    left.set(yscale="log", xlabel="tags", ylabel="states")
    right.set(yscale="log", xlabel="tags", ylabel="processor time, seconds")
    for axes in (left, right):
        axes.set_xticks(sorted({one.size.tags for one in growth}))
        axes.grid(which="major", alpha=0.3)
        axes.legend(frameon=False, fontsize=8)
    figure.savefig(file, metadata={"Date": None})
