"""bgsync draw: pictures, each from the built-in model or from a spec text."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import click

from bgsync.cli.common import Line, choose
from bgsync.cli.out import fail, say
from bgsync.cli.question import Asked, asking
from bgsync.cli.saving import claim, save
from bgsync.cli.targets import adversities as known_adversities
from bgsync.cli.targets import main_content
from bgsync.cli.targets import target as found_target
from bgsync.draw.formats import DEFAULT, FORMATS, form_of

if TYPE_CHECKING:
    from bgsync.contents import Content
    from bgsync.targets import Target

EPILOG = "Exit status: 0 drawn, 2 bad input or usage, 3 interrupted."


@dataclass(frozen=True)
class Output:
    """Where a picture goes, and in which form."""

    path: str
    form: str | None
    theme: str
    links: str | None

    @property
    def chosen(self) -> str:
        """The form that is asked for: as named, else as the file ends, else the default."""
        if self.form is not None or self.path == "-":
            return self.form or DEFAULT
        try:
            return form_of(self.path)
        except ValueError as error:
            fail(error)

    def link(self, content: Content, text: object = None) -> Callable[[Any], str]:
        """Give where the steps of a content's own spec lead to, or those of a text."""
        from bgsync.draw.links import by_template, published, to_text

        if self.links is None:
            addresses = content.published
            return published(addresses) if text is None else self._relative(to_text(addresses))
        try:
            return by_template(self.links)
        except ValueError as error:
            fail(error)

    def _relative(self, link: Callable[[Any], str]) -> Callable[[Any], str]:
        """Make links to files relative to where the picture is written."""
        folder = Path("." if self.path == "-" else self.path).parent

        def relative(origin: Any) -> str:
            address = link(origin)
            file, hash_, line = address.partition("#L")
            if not hash_ or not Path(unquote(file)).is_file():
                return address
            return f"{quote(Path(os.path.relpath(unquote(file), folder)).as_posix())}#L{line}"

        return relative

    def write(self, picture: Any) -> None:
        """Write a picture."""
        from bgsync.draw.render import refused, render
        from bgsync.draw.svg import MissingExtraError

        form = self.chosen
        try:
            made = render(picture, form, self.theme)
        except (MissingExtraError, ValueError) as error:
            fail(error)
        if why := refused(made, form, picture.size):
            say(f"too large: {why}", err=True)
        save(self.path, made)


def writing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say where the picture goes; it takes them as `output`."""
    import functools

    @functools.wraps(command)
    def with_output(path: str, form: str | None, theme: str, links: str | None, **rest: Any) -> Any:
        output = Output(path, form, theme, links)
        claim(path, FORMATS[output.chosen].endings)
        return command(output=output, **rest)

    options = (
        click.option(
            "--output", "-o", "path", type=click.Path(dir_okay=False, writable=True), default="-", metavar="FILE",
            help="Where to write it; the ending says the form: "
            f"{' '.join(row.endings[0] for row in FORMATS.values())}. Default: standard output.",
        ),
        click.option(
            "--format", "form", type=click.Choice(list(FORMATS)), default=None,
            help=f"The form, whatever the file is called. Default: as it ends; {DEFAULT} on standard output.",
        ),
        click.option(
            "--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True,
            help=f"The colours of {', '.join(form for form, row in FORMATS.items() if row.themed)}; "
            "an SVG follows its reader.",
        ),
        click.option(
            "--links", metavar="TEMPLATE",
            help="Where a step leads to, with {file}, {line}, {algorithm} and {step}; '' for nowhere. "
            "Default: FILE#LLINE of a text, the published text of the built-in model.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        with_output = option(with_output)
    return with_output


exploring = (
    click.option(
        "--granularity", type=click.Choice(["algorithm", "step"]), default="algorithm", show_default=True,
        help="algorithm: every invocation runs to its next wait as one action; step: races, too.",
    ),
    click.option("--with", "adversities", multiple=True, metavar="ADVERSITY", help="Switch this adversity on."),
    click.option("--calls", type=click.IntRange(1), default=2, show_default=True, help="Invocations in flight."),
    click.option(
        "--limit", type=click.IntRange(1), default=100_000, show_default=True, metavar="STATES",
        help="Stop after so many states; the picture then says so.",
    ),
)  # fmt: skip


def explorable(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what is explored."""
    for option in reversed(exploring):
        command = option(command)
    return command


@click.group(invoke_without_command=True, epilog=EPILOG)
@click.option("--all", "everything", is_flag=True, help="Write the whole gallery into the project's folder diagrams/.")
@click.pass_context
def draw(context: click.Context, everything: bool) -> None:
    """Draw a picture, always generated.

    \b
    bgsync draw lifecycle -o lifecycle.svg                what a registration goes through, as it is meant
    bgsync draw lifecycle spec/index.bs -o text.svg       and as a text has it, with the differences marked
    bgsync draw algorithm --name register -o register.svg   one algorithm, step by step
    bgsync draw states -o states.svg                      what a registration can become, all runs taken together
    bgsync draw trace --property asserts -o trace.svg     a counterexample: who does what, in order
    bgsync draw difference OLD NEW -o edit.svg            what an edit did
    bgsync draw --all                                     the gallery in diagrams/
    """
    if context.invoked_subcommand is not None:
        if everything:
            fail("--all draws every picture of the gallery: leave the name of one out")
        return
    if not everything:
        fail("nothing to draw: name a picture (bgsync draw --help lists them), or give --all")
    from bgsync.draw import gallery
    from bgsync.draw.svg import MissingExtraError

    folders = (folder / "diagrams" for folder in (Path.cwd(), *Path.cwd().parents))
    folder = next((one for one in folders if one.is_dir()), None)
    if folder is None:
        fail("no folder diagrams/ at or above the current folder: make one, or run inside a project that has it")
    try:
        for name, text in gallery.files(main_content()):
            save(folder / name, text)
            say(f"diagrams/{name}")
    except MissingExtraError as error:
        fail(error)


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
    output.write(text_lifecycle(of.content, of.spec, found, link, about(granularity, adversities)))


def explored_changes(of: Target, granularity: str, adversities: tuple[str, ...], calls: int, limit: int) -> Any:
    """Explore what a spec does to its objects, with a progress line."""
    from bgsync.draw.changes import changes
    from bgsync.language import LanguageError

    choose("adversity", adversities, known_adversities((of.content,)))
    line = Line()
    try:
        found = changes(
            of.spec, of.content.world, of.content.lifecycle, granularity, adversities=adversities, calls=calls,
            limit=limit, progress=line.of(granularity),
        )  # fmt: skip
    except LanguageError as error:
        fail(error)
    finally:
        line.end()
    if not found.complete:
        say(f"not complete: the exploration ended after {found.states:,} states (--limit)", err=True)
    return found


def about(granularity: str, adversities: tuple[str, ...]) -> str:
    """Say how a picture was explored, for its description."""
    on = f", with {', '.join(adversities)}" if adversities else ""
    return (", step by step" if granularity == "step" else ", every invocation one action") + on


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
@writing
def states(
    target: str | None,
    budget: int,
    granularity: str,
    adversities: tuple[str, ...],
    calls: int,
    limit: int,
    output: Output,
) -> None:
    """Draw the reachable states, as far as one registration can tell them apart.

    Every state that some run comes to is looked at for what becomes of one registration, and states that can never be
    told apart by that are one box (branching bisimulation). An arrow names what changes the registration.

    \b
    bgsync draw states spec/index.bs --granularity step --budget 800 -o all.dot
    """
    from bgsync.draw.states import project, states_diagram, states_words
    from bgsync.language import LanguageError

    of, line = found_target(target), Line()
    choose("adversity", adversities, known_adversities((of.content,)))
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
@writing
def trace(target: str | None, output: Output, **asked: Any) -> None:
    """Draw a counterexample as a sequence diagram: page, user agent, worker, network, server, steps and changes.

    SPEC is checked against one property (--property), and a shortest run that breaks it is drawn. In the user agent
    each call has a lifeline of its own; steps that nobody else can see are left out.

    \b
    bgsync draw trace --property resolved-then-fires -o lost.svg
    bgsync draw trace spec/index.bs --property firing-ends --with terminated -o stuck.svg
    """
    question = Asked(**asked, hard=False)
    question.begin()
    if len(question.properties) != 1:
        fail("which counterexample? Name one property with --property (bgsync explain lists them)")
    from bgsync.draw.sequence import sequence_diagram

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
