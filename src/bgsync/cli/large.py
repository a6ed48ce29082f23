"""The options of check for what is large: checkpoints, disk, a cluster, random walks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from bgsync.extras import command
from bgsync.product.resources import Resources

option = partial(click.option, hidden=True)

OPTIONS = (
    option(
        "--checkpoint",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="Save where the exploration of several tags stands, and go on from there when asked again.",
    ),
    option(
        "--checkpoint-every",
        "every",
        type=click.FloatRange(0),
        default=60.0,
        show_default=True,
        metavar="SECONDS",
        help="How often it is saved; at the end, and when it is interrupted, it is saved, too.",
    ),
    option(
        "--disk",
        type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
        metavar="DIR",
        help="Keep the states of several tags in files there, gone when it ends: for more than fits into memory.",
    ),
    option(
        "--scheduler",
        metavar="ADDRESS",
        help="Explore several tags on the workers of a Dask cluster; local: start --jobs workers on this machine.",
    ),
    option(
        "--walks",
        type=click.IntRange(1),
        metavar="N",
        help="Take N random walks through each system, instead of looking at every state: for what is too large. "
        "They find what is broken; nothing is ever said to hold.",
    ),
    option(
        "--walk-steps",
        type=click.IntRange(1),
        default=200,
        show_default=True,
        metavar="STEPS",
        help="The length of a walk at most.",
    ),
    option(
        "--without",
        "left_out",
        multiple=True,
        type=click.Choice(["symmetry", "bisimulation"]),
        help="Explore several tags without a reduction, which changes no verdict: symmetry between tags, or one of all "
        "states of one tag that no property tells apart (then states are counted as the interpreter counts them).",
    ),
    option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same walks."),
)


def for_what_is_large(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options; its help names them in a line, and a page says what they do."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


HELP = "For what is too large (docs/large.md): --checkpoint, --disk, --scheduler, --walks and --without."


@contextmanager
def resources(
    checkpoint: Path | None, every: float, disk: Path | None, scheduler: str | None, workers: int
) -> Iterator[Resources]:
    """Open what the options name. Raises ValueError with the reason where it cannot be used."""
    with ExitStack() as stack:
        folder = cluster = None
        if checkpoint is not None:
            from bgsync.product.checkpoint import opened

            folder = stack.enter_context(opened(checkpoint, every))
        if disk is not None:
            from bgsync.product.search import FAST

            if not FAST:
                raise ValueError(f"--disk needs the compiled kernels: {command('fast')}, or leave --disk out")
        if scheduler is not None:
            try:
                from bgsync.product.cluster import connected
            except ImportError:
                raise ValueError(f"--scheduler needs Dask: {command('cluster')}, or leave --scheduler out") from None
            cluster = stack.enter_context(connected(scheduler, workers))
        yield Resources(folder, disk, cluster)
