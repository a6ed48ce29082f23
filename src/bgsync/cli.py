"""The command line."""

import gc
import importlib
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape

from bgsync.content import load_content

EPILOG = "Exit status: 0 nothing wrong, 1 something violated, 2 bad input or usage, 3 inconclusive or interrupted."


class Commands(click.Group):
    """Shows what went wrong with the input in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("interrupted before anything was explored", err=True)
            sys.exit(3)
        except OSError as error:
            _fail(error)


@click.group(
    cls=Commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="bgsync")
def main() -> None:
    """Find contradictions in the spec of Web Background Sync.

    \b
    bgsync check                      check the built-in model of the one-off spec
    bgsync check --property asserts   one property, with all its traces
    bgsync check my.py:machine        check a `transitions` machine of your own
    bgsync explain one-event          what a property says, and why it matters
    bgsync draw lifecycle             a state diagram
    bgsync fuzz                       random operations, model against interpreter
    """


def _fail(message: object) -> NoReturn:
    click.echo(f"error: {message}", err=True)
    sys.exit(2)


def _content(say: bool = True) -> Path:
    """Load the content and say which one is used. A model that does not build ends with one line."""
    try:
        root = load_content()
        for name in ("model.one_off", "model.environment", "properties"):
            importlib.import_module(name)
    except Exception as error:
        place = ""
        traceback = error.__traceback__
        while traceback is not None:
            file = traceback.tb_frame.f_code.co_filename
            if "/model/" in file or "/properties/" in file:
                place = f"{file}:{traceback.tb_lineno}: "
            traceback = traceback.tb_next
        if isinstance(error, SyntaxError):
            place = f"{error.filename}:{error.lineno}: "
        _fail(f"the content does not build: {place}{type(error).__name__}: {error} (mend it, or run elsewhere)")
    if say:
        shipped = root.name == "_content"
        click.echo("content: the copy that bgsync ships" if shipped else f"content: {root}", err=True)
    return root


def _choose(kind: str, wanted: tuple[str, ...], known: list[str]) -> None:
    for name in wanted:
        if name not in known:
            _fail(f"unknown {kind} {name!r}: one of {', '.join(known)}")


class _Line:
    """A progress line on standard error, from the second second on, where that is a terminal."""

    def __init__(self) -> None:
        self.began, self.shown = time.monotonic(), False

    def __call__(self, what: str, states: int, depth: int) -> None:
        seconds = time.monotonic() - self.began
        if seconds > 1 and sys.stderr.isatty():
            self.shown = True
            click.echo(
                f"\r\033[Kexploring {what}: {states:,} states, depth {depth}, {seconds:.0f} s",
                nl=False,
                err=True,
            )

    def end(self) -> None:
        if self.shown:
            click.echo("\r\033[K", nl=False, err=True)


@main.command(epilog=EPILOG)
@click.argument("target", default="one-off")
@click.option(
    "--property",
    "properties",
    multiple=True,
    metavar="ID",
    help="Check this property only, and tell all its traces. May be repeated.",
)
@click.option(
    "--granularity",
    type=click.Choice(["both", "step", "algorithm"]),
    default="both",
    show_default=True,
    help="step: every step is an action; algorithm: every invocation runs to its next wait as one action.",
)
@click.option(
    "--with",
    "adversities",
    multiple=True,
    metavar="ADVERSITY",
    help="Check under this adversity, at every granularity, instead of each one at `algorithm`. May be repeated.",
)
@click.option(
    "--tags",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How many different tags are registered.",
)
@click.option(
    "--calls",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="How many invocations are in flight at once.",
)
@click.option(
    "--abort",
    type=click.Choice(["scope", "list"]),
    default="scope",
    show_default=True,
    help='What "abort these steps" ends: the innermost steps called or started apart, or only the list it is in.',
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=300_000,
    show_default=True,
    metavar="STATES",
    help="Stop each exploration after so many states; what was not found is then inconclusive.",
)
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--traces",
    type=click.Choice(["first", "all", "none"]),
    default=None,
    help="Which traces the text tells. Default: the shortest one, all with --property.",
)
def check(
    target: str, properties: tuple[str, ...], granularity: str, adversities: tuple[str, ...], tags: int, calls: int,
    abort: str, limit: int, output: str, traces: str | None,
) -> None:  # fmt: skip
    """Explore every behaviour and say what holds and what does not.

    TARGET is `one-off` (the built-in model of today's text), or path/to/file.py:machine for a `transitions` machine
    of your own; functions in a list `invariants` beside it are checked in every state that it reaches.
    """
    if ":" in target or target.endswith(".py"):
        _check_machine(target, output)
    _choose("model", (target,), ["one-off"])
    root = _content(output == "text")
    from bgsync.judge.check import Question
    from bgsync.judge.check import check as answer

    environment, known = (
        importlib.import_module("model.environment"),
        importlib.import_module("properties").PROPERTIES,
    )
    _choose("property", tuple(name.split("/")[0] for name in properties), list(dict.fromkeys(p.id for p in known)))
    _choose("adversity", adversities, sorted(environment.ADVERSITIES))
    both = ("algorithm", "step") if granularity == "both" else (granularity,)
    wanted = {name.split("/")[0] for name in properties}
    question = Question(
        importlib.import_module("model.one_off").SPEC,
        environment.SURROUNDINGS,
        [prop for prop in known if not wanted or prop.id in wanted],
        model=f"{target} ({'shipped model' if root.name == '_content' else 'model/one_off.py'})",
        granularities=both,
        adversities=adversities or tuple(environment.ADVERSITIES),
        thorough=bool(adversities),
        tags=tags,
        calls=calls,
        abort=abort,
        limit=limit,
    )
    line = _Line()
    gc.disable()  # states and steps form no cycles, and there are very many of them
    try:
        report = answer(question, line)
    except ValueError as error:
        _fail(error)
    finally:
        gc.enable()
        line.end()
    from bgsync.report import print_report, to_json

    if output == "json":
        click.echo(to_json(report))
    else:
        print_report(report, _console(), traces=traces or ("all" if properties else "first"))
    if report.interrupted:
        states = sum(e.states for e in report.explorations)
        click.echo(f"interrupted after {states:,} states; the verdicts are about those", err=True)
        sys.exit(3)
    sys.exit(report.exit_status)


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 110, soft_wrap=False, emoji=False)


def _check_machine(target: str, output: str) -> NoReturn:
    from bgsync.explore.machine import MachineError, check_machine, load_machine

    try:
        machine, invariants = load_machine(target)
        report = check_machine(machine, invariants)
    except MachineError as error:
        _fail(error)
    if output == "json":
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        console = _console()
        total = len(report.table.states)
        console.print(f"{escape(target)}: {len(report.reachable)} of {total} states reachable", highlight=False)
        for finding in report.findings:
            trace = f" (after: {', '.join(finding.trace)})" if finding.trace else ""
            console.print(f"[bold red]✗[/] {finding.kind}: {escape(finding.message + trace)}", highlight=False)
        if not report.findings:
            console.print("[green]✓[/] nothing wrong")
    sys.exit(1 if report.findings else 0)


@main.command(epilog=EPILOG)
@click.argument("name", required=False, metavar="[PROPERTY]")
def explain(name: str | None) -> None:
    """Say what a property means, why it matters and what it rests on; without PROPERTY, list them all."""
    _content(False)
    known = {prop.id: prop for prop in reversed(importlib.import_module("properties").PROPERTIES)}
    if name is None:
        for prop in sorted(known.values(), key=lambda prop: prop.id):
            click.echo(f"{prop.id:22} {prop.sentence}")
        return
    base = name.split("/")[0]
    _choose("property", (base,), sorted(known))
    prop = known[base]
    click.echo(f"{prop.id}: {prop.sentence}\n\nWhy it matters: {prop.why}\nRests on: {prop.reference}")


def system_graph(granularity: str, adversities: tuple[str, ...], tags: int, calls: int) -> Any:
    """Explore the built-in model without a monitor; give its system and graph."""
    from bgsync.explore import explore
    from bgsync.system.scenario import Scenario
    from bgsync.system.system import System

    spec = importlib.import_module("model.one_off").SPEC
    surroundings = importlib.import_module("model.environment").SURROUNDINGS
    system = System(Scenario(spec, surroundings, granularity, adversities, tags, calls, monitor="none"))
    line = _Line()
    graph = explore(system, progress=lambda states, depth: line(granularity, states, depth))
    line.end()
    return system, graph


@main.command(epilog=EPILOG)
@click.argument("model", type=click.Choice(["one-off", "lifecycle"]), default="one-off")
@click.option("--granularity", type=click.Choice(["step", "algorithm"]), default="algorithm", show_default=True)
@click.option("--with", "adversities", multiple=True, metavar="ADVERSITY", help="Switch this adversity on.")
@click.option("--tags", type=click.IntRange(1), default=1, show_default=True)
@click.option("--calls", type=click.IntRange(1), default=2, show_default=True)
@click.option("--format", "output", type=click.Choice(["graphml", "json", "dot"]), default="json", show_default=True)
@click.option(
    "--output",
    "-o",
    "path",
    type=click.Path(dir_okay=False, writable=True),
    default="-",
    help="A file; standard output by default.",
)
def graph(
    model: str, granularity: str, adversities: tuple[str, ...], tags: int, calls: int, output: str, path: str
) -> None:
    """Export the reachable graph, made with networkx: GraphML, node-link JSON or DOT.

    In Python: bgsync.to_networkx(graph) gives the same graph, on which any function can be checked.
    """
    _content(False)
    from bgsync.explore import explore, export
    from bgsync.system.describe import attributes, label, say_action

    _choose("adversity", adversities, sorted(importlib.import_module("model.environment").ADVERSITIES))
    if model == "lifecycle":
        found = explore(importlib.import_module("model.lifecycle").Lifecycle())
        made = export.to_networkx(found, label=lambda state: ", ".join(state))
    else:
        system, found = system_graph(granularity, adversities, tags, calls)
        made = export.to_networkx(
            found,
            label=lambda state: label(system, state),
            attributes=lambda state: attributes(system, state),
            say=lambda action: say_action(system, action),
        )
    with click.open_file(path, "w", encoding="utf-8") as stream:
        export.write(made, stream, output)  # type: ignore[arg-type]  # click has checked the choice


@main.command(epilog=EPILOG)
@click.argument("what", type=click.Choice(["lifecycle", "states"]), required=False)
@click.option("--format", "output", type=click.Choice(["mermaid", "svg", "dot"]), default="mermaid", show_default=True)
@click.option(
    "--output",
    "-o",
    "path",
    type=click.Path(dir_okay=False, writable=True),
    default="-",
    help="A file; standard output by default.",
)
@click.option("--all", "everything", is_flag=True, help="Write every picture of the gallery into the folder diagrams/.")
def draw(what: str | None, output: str, path: str, everything: bool) -> None:
    """Draw a diagram: the registration's lifecycle, or its reachable states as the algorithms make them."""
    root = _content(False)
    from bgsync.draw import MissingExtraError, gallery

    try:
        if everything:
            folder = root / "diagrams"
            if not folder.is_dir() or root not in (Path.cwd().resolve(), *Path.cwd().resolve().parents):
                _fail("no project with a folder diagrams/ at or above the current folder: run inside one")
            for name, text in gallery.files():
                (folder / name).write_text(text, encoding="utf-8")
                click.echo(f"diagrams/{name}")
            return
        if what is None:
            _fail("nothing to draw: name lifecycle or states, or give --all")
        text = gallery.render(gallery.diagram(what), output)
    except MissingExtraError as error:
        _fail(error)
    with click.open_file(path, "w", encoding="utf-8") as stream:
        stream.write(text)


@main.command(epilog=EPILOG)
@click.option("--examples", type=click.IntRange(1), default=100, show_default=True, help="How many runs.")
@click.option("--steps", type=click.IntRange(1), default=30, show_default=True, help="The length of a run at most.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same runs.")
def fuzz(examples: int, steps: int, seed: int) -> None:
    """Drive the interpreter and the lifecycle in lockstep with random operations, and say what was visited.

    To drive an implementation of your own, write an adapter: see docs/fuzzing.md.
    """
    _content()
    try:
        from bgsync.fuzz import Interpreted, lifecycle_machine, run
    except ImportError as error:
        _fail(error)
    try:
        coverage = run(lifecycle_machine(Interpreted), examples=examples, steps=steps, seed=seed)
    except AssertionError as error:
        click.echo(f"they disagree: {error}")
        sys.exit(1)
    click.echo(coverage.report())
    sys.exit(3 if coverage.missing() else 0)


if __name__ == "__main__":
    main()
