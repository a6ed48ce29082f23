"""bgsync draw: pictures, each from the built-in model or from a spec text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bgsync.cli.common import Line, choose
from bgsync.cli.machine import about_machines, machine_behaviour, machine_report, names_machine
from bgsync.cli.out import fail, say
from bgsync.cli.picture import Output, about, explorable, explored_changes, writing
from bgsync.cli.question import Asked, asking
from bgsync.cli.saving import save
from bgsync.cli.targets import adversities as known_adversities
from bgsync.cli.targets import main_content
from bgsync.cli.targets import target as found_target

if TYPE_CHECKING:
    from bgsync.draw.svg import MissingExtraError

NOTHING = "{} has no list of objects that go through anything: bgsync draw algorithm draws its steps"
EPILOG = "Exit status: 0 drawn, 2 bad input or usage, 3 interrupted."


@click.group(invoke_without_command=True, epilog=EPILOG)
@click.option(
    "--all", "everything", is_flag=False, flag_value="", metavar="[SPEC]",
    help="Write a gallery: every picture, and a page that shows them. Without SPEC of the built-in model.",
)  # fmt: skip
@click.option(
    "--output", "-o", "path", metavar="DIR",
    help="Where the gallery goes. Default, without SPEC: the folder diagrams/ of the project.",
)  # fmt: skip
@click.option(
    "--time", "seconds", type=click.FloatRange(0, min_open=True), metavar="SECONDS",
    help="How long a text is explored for its gallery; what is not found by then is left out, or said to be not "
    "complete. Default: 300, 60 about nothing known.",
)  # fmt: skip
@about_machines
@click.pass_context
def draw(
    context: click.Context, /, everything: str | None, path: str | None, seconds: float | None, **how: Any
) -> None:
    """Draw a picture, always generated.

    \b
    bgsync draw lifecycle -o lifecycle.svg                what a registration goes through, as it is meant
    bgsync draw lifecycle spec/index.bs -o text.svg       and as a text has it, with the differences marked
    bgsync draw algorithm --name register -o register.svg   one algorithm, step by step
    bgsync draw states -o states.svg                      what a registration can become, all runs taken together
    bgsync draw trace --property asserts -o trace.svg     a counterexample: who does what, in order
    bgsync draw difference OLD NEW -o edit.svg            what an edit did
    bgsync draw --all spec/index.bs -o pictures           all pictures of a text
    bgsync draw --all                                     those of the built-in model, into diagrams/
    bgsync draw --all door.py:machine -o pictures         all of a `transitions` machine

    SPEC may be a `transitions` machine, as `bgsync check` takes it, for lifecycle, states, trace and difference, too.
    """
    if context.invoked_subcommand is not None or everything in draw.commands:
        if everything is not None:
            fail("--all draws every picture of the gallery: leave the name of one out")
        return
    if everything is None:
        fail("nothing to draw: name a picture (bgsync draw --help lists them), or give --all")
    from bgsync.draw.gallery import Gallery
    from bgsync.draw.svg import MissingExtraError

    if names_machine(everything):
        _machine_gallery(everything, path, how)
        return
    of = found_target(everything or None)
    if path is None and of.text is not None:
        fail(f"where do the pictures of {of.name} go? Name a folder: -o DIR")
    folder = Path(path) if path is not None else _project()
    line, lacking = Line(), dict[str, MissingExtraError]()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        link = Output(str(folder / "README.md"), None, "", None).link(of.content, of.text)
        patience = seconds or (None if of.text is None else of.content.patience)
        gallery = Gallery(of.content, of.text, link, line, seconds=patience)
        for name, text in gallery.files(lacking):
            line.end()
            save(folder / name, text)
            say(str(folder / name) if path is not None else f"diagrams/{name}")
    except (OSError, ValueError) as error:
        fail(error)
    finally:
        line.end()
    _left_out(lacking)
    if gallery.late:
        say(f"not complete: {', '.join(sorted(gallery.late))}: the time was up; --time gives it more", err=True)


def _left_out(lacking: Mapping[str, MissingExtraError]) -> None:
    """Say which pictures were not written, and what would bring them."""
    if lacking:
        why = next(iter(lacking.values()))
        say(f"left out: {', '.join(lacking)}: {why}", err=True)


def _machine_gallery(target: str, path: str | None, how: dict[str, Any]) -> None:
    from bgsync.draw.gallery import files
    from bgsync.draw.machines import machine_entries, machine_name
    from bgsync.draw.svg import MissingExtraError

    if path is None:
        fail(f"where do the pictures of {target} go? Name a folder: -o DIR")
    wish = _wish(target, how)
    lacking = dict[str, MissingExtraError]()
    options = " --data" * how["data"] + "".join(f" --stub {name}" for name in how["stubs"])
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
        entries = machine_entries(machine_behaviour(wish), machine_report(wish), target, options)
        page = f"# Pictures of {machine_name(target)}\n\nGenerated from {target} by `bgsync draw`, never by hand.\n"
        for name, text in files(entries, page, lacking):
            save(Path(path) / name, text)
            say(str(Path(path) / name))
    except (OSError, ValueError) as error:
        fail(error)
    _left_out(lacking)


def _wish(target: str, how: dict[str, Any], **more: Any) -> Any:
    from bgsync.machines.apart import Wish

    return Wish(target, **how, **more)


def _project() -> Path:
    """Find the folder for pictures of the project around."""
    folders = (folder / "diagrams" for folder in (Path.cwd(), *Path.cwd().parents))
    found = next((one for one in folders if one.is_dir()), None)
    if found is None:
        fail("no folder diagrams/ at or above the current folder: make one, or name another with -o DIR")
    return found


@draw.command(epilog=EPILOG)
@click.argument("target", metavar="[SPEC]", required=False)
@explorable
@writing
def lifecycle(
    target: str | None, granularity: str, adversities: tuple[str, ...], calls: int, limit: int, output: Output
) -> None:
    """Draw the lifecycle of a registration.

    Without SPEC as it is meant, by the content's own machine, each transition with its trigger, its guard and its step.
    With SPEC as its algorithms have it, read off what every run does to a registration, over the lifecycle as it is
    meant: what only the text does is marked with +, what nothing in the text does with −. Instead of SPEC an
    implementation that is known may be named: what was observed of it is drawn.

    \b
    bgsync draw lifecycle chromium                        what Chromium does
    bgsync draw lifecycle one-off --granularity step      what races do to a registration, too
    """
    from bgsync.draw.lifecycle import implemented_diagram, lifecycle_diagram, text_lifecycle

    if target is not None and names_machine(target):
        from bgsync.draw.machines import machine_name, shape_diagram

        output.write(shape_diagram(machine_behaviour(_wish(target, {}, limit=1)).shape, machine_name(target)))
        return
    known = main_content().implemented
    if target is not None and target in known:
        output.write(implemented_diagram(known[target]))
        return
    if target is None:
        meant = main_content()
        try:
            output.write(lifecycle_diagram(meant, output.link(meant)))
        except ValueError as error:
            fail(error)
        return
    of = found_target(target)
    found = explored_changes(of, granularity, adversities, calls, limit)
    link = output.link(of.content, of.text)
    picture = text_lifecycle(of.content, of.spec, found, link, about(granularity, adversities))
    if not picture.nodes:
        fail(NOTHING.format(of.name))
    output.write(picture)


@draw.command(epilog=EPILOG)
@click.argument("target", metavar="[SPEC]", required=False)
@click.option("--name", required=True, metavar="ALGORITHM", help="Which one: its name as the spec writes it.")
@writing
def algorithm(target: str | None, name: str, output: Output) -> None:
    """Draw one algorithm or rule as a flow of its numbered steps.

    A step is a box; one that may go two ways has pointed ends, one that calls another algorithm has bars, one that
    waits is round on the right. Broken lines lead to steps that are run on their own. A box has the colour of the state
    that it sets, and is a link to its step.

    \b
    bgsync draw algorithm spec/index.bs --name "fire a sync event" -o fire.svg
    """
    from bgsync.draw.flow import flow_diagram

    of = found_target(target)
    spec = of.spec
    names = sorted(dict(spec.bodies()))
    found = [known for known in names if known.lower() == name.lower()]
    if not found:
        fail(f"no algorithm {name!r} in {spec.title}: --name is one of {', '.join(map(repr, names))}")
    hues = of.content.lifecycle.colours
    output.write(flow_diagram(spec, found[0], output.link(of.content, of.text), hues))


@draw.command(epilog=EPILOG)
@click.argument("target", metavar="[SPEC]", required=False)
@click.option(
    "--budget", type=click.IntRange(1), default=60, show_default=True, metavar="ARROWS",
    help="Beyond so many arrows states are drawn as one by the registration's state alone. Mermaid draws up to 500.",
)  # fmt: skip
@explorable
@about_machines
@writing
def states(
    target: str | None,
    budget: int,
    granularity: str,
    adversities: tuple[str, ...],
    calls: int,
    limit: int,
    output: Output,
    **how: Any,
) -> None:
    """Draw the reachable states, as far as one registration can tell them apart.

    Every state that some run comes to is looked at for what becomes of one registration, and states that can never be
    told apart by that are one box (branching bisimulation). An arrow names what changes the registration.

    \b
    bgsync draw states spec/index.bs --granularity step --budget 800 -o all.dot
    """
    if target is not None and names_machine(target):
        from bgsync.draw.machines import machine_name, machine_states

        output.write(machine_states(machine_behaviour(_wish(target, how, limit=limit)), machine_name(target), budget))
        return
    from bgsync.draw.states import project, states_diagram, states_words
    from bgsync.language import LanguageError

    of, line = found_target(target), Line()
    choose("adversity", adversities, known_adversities((of.content,)))
    if not of.spec.type.list_name:
        fail(NOTHING.format(of.name))
    try:
        graph = project(
            of.spec, of.content.world, granularity, adversities=adversities, calls=calls, limit=limit,
            progress=line.of(granularity),
        )  # fmt: skip
    except LanguageError as error:
        fail(error)
    finally:
        line.end()
    words = states_words(of.spec, graph, about(granularity, adversities))
    picture = states_diagram(graph, *words, budget, of.content.lifecycle.colours)
    for remark in picture.description.split(". "):
        if remark.startswith(("Left out", "The exploration")):
            say(remark.rstrip(".").lower(), err=True)
    output.write(picture)


@draw.command(epilog=EPILOG)
@click.argument("target", metavar="[SPEC]", required=False)
@asking()
@about_machines
@writing
def trace(
    target: str | None, output: Output, data: bool, stubs: tuple[str, ...], automatic: bool | None, **asked: Any
) -> None:
    """Draw a counterexample as a sequence diagram: page, user agent, worker, network, server, steps and changes.

    SPEC is checked against one property (--property), and a shortest run that breaks it is drawn. In the user agent
    each call has a lifeline of its own; steps that nobody else can see are left out.

    \b
    bgsync draw trace --property resolved-then-fires -o lost.svg
    bgsync draw trace spec/index.bs --property firing-ends --with terminated -o stuck.svg
    """
    if target is not None and names_machine(target):
        _run_of_machine(target, {"data": data, "stubs": stubs, "automatic": automatic}, asked, output)
        return
    question = Asked(**asked, hard=False)
    question.begin()
    if len(question.properties) != 1:
        fail("which counterexample? Name one property with --property (bgsync explain lists them)")
    from bgsync.draw.render import without_runs
    from bgsync.draw.sequence import sequence_diagram

    if why := without_runs(output.chosen):
        fail(why)

    (name,) = question.properties
    of = found_target(target)
    report = question.report(of)
    broken = [v for v in report.verdicts if v.verdict == "violated" and v.trace is not None]
    found = [v for v in broken if v.property == name or "/" not in name]
    if not found:
        some = [
            f"{v.property} {v.verdict}" + f" ({v.message})" * (v.verdict == "inconclusive") for v in report.verdicts
        ]
        said = ", ".join(dict.fromkeys(some)) or "nothing was judged"
        fail(f"no counterexample of {name} to draw: {said} (an adversity may break it: --with NAME)")
    about = "" if of.text is None else f" of {of.name}"
    link, hues = output.link(of.content, of.text), of.content.lifecycle.colours
    output.write(sequence_diagram(found[0], link, report.words, about, hues))


def _run_of_machine(target: str, how: dict[str, Any], asked: dict[str, Any], output: Output) -> None:
    from bgsync.draw.machines import machine_name, run_diagram

    report = machine_report(_wish(target, how, limit=asked["limit"]))
    names = asked["properties"]
    found = [each for each in report.findings if each.trace and (not names or {each.subject, each.kind} & set(names))]
    if len(found) != 1:
        told = [f'"{each.subject}" ({each.kind})' for each in report.findings if each.trace]
        fail(f"which finding? Name one with --property: {', '.join(told) or 'none has a run'}")
    output.write(run_diagram(found[0], machine_name(target)))


@draw.command(epilog=EPILOG)
@click.argument("old")
@click.argument("new")
@click.option("--name", metavar="ALGORITHM", help="Draw the steps of this algorithm instead of the lifecycle.")
@explorable
@writing
def difference(
    old: str,
    new: str,
    name: str | None,
    granularity: str,
    adversities: tuple[str, ...],
    calls: int,
    limit: int,
    output: Output,
) -> None:
    """Draw what an edit did, to the lifecycle of a registration or to one algorithm.

    What only NEW has is marked with + and a thick green line, what only OLD has with − and a broken red one, what both
    have and NEW says otherwise with ± and a dotted violet one. OLD and NEW are what SPEC is elsewhere.

    \b
    bgsync draw difference HEAD:spec/index.bs spec/index.bs -o lifecycle.svg
    bgsync draw difference HEAD:spec/index.bs spec/index.bs --name register -o register.svg
    """
    if names_machine(old) and names_machine(new):
        from bgsync.draw.machines import machine_name, shape_difference

        before_edit, after_edit = (machine_behaviour(_wish(each, {}, limit=1)).shape for each in (old, new))
        output.write(shape_difference(before_edit, after_edit, machine_name(new)))
        return
    from bgsync.compare.steps import changed_steps
    from bgsync.draw.difference import flow_difference, lifecycle_difference
    from bgsync.targets import judged_alike

    before, after = judged_alike(found_target(old), found_target(new))
    was, now, lifecycle = before.spec, after.spec, after.content.lifecycle
    link = output.link(after.content, after.text)
    if name is not None:
        names = {known.lower(): known for spec in (was, now) for known, _ in spec.bodies()}
        try:
            output.write(flow_difference(was, now, names.get(name.lower(), name), link, lifecycle.colours))
        except ValueError as error:
            fail(error)
        return
    old_changes, new_changes = (explored_changes(of, granularity, adversities, calls, limit) for of in (before, after))
    said = about(granularity, adversities)
    picture = lifecycle_difference(lifecycle, (was, old_changes), (now, new_changes), link, said)
    output.write(picture)
    if all(edge.kind == "normal" for edge in picture.edges):
        known = {name for spec in (was, now) for name, _ in spec.bodies()}
        edited = [each for each in changed_steps(was, now) if any(step.kind != "reworded" for step in each.steps)]
        changed = [f"--name {each.name!r}" for each in edited if each.name in known]
        rest = f"; steps that were changed: {', '.join(changed)}" if changed else ", and no step was changed"
        say(f"nothing in the lifecycle was changed{rest}", err=True)
