"""bgsync explain and graph."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from bgsync.cli.common import EPILOG, Line, choose
from bgsync.cli.out import fail, say
from bgsync.cli.question import asking
from bgsync.cli.saving import claim, save, written_option
from bgsync.cli.targets import adversities as known_adversities
from bgsync.cli.targets import candidates, main_content
from bgsync.cli.targets import target as found_target
from bgsync.export import GRAPHS

if TYPE_CHECKING:
    from bgsync.system.scenario import Bounds
    from bgsync.targets import Target


@click.command(epilog=EPILOG)
@click.argument("word", nargs=-1, metavar="[WORD]...")
def explain(word: tuple[str, ...]) -> None:
    """Say what a property means, why it matters and what it rests on, or what any other WORD of a report means.

    Without WORD, list the properties, the adversities and the other words.
    """
    from bgsync.prose.close import plain

    known = explained()
    if not word:
        for title, rows in known.items():
            say(f"{title}:")
            for name, told in rows.items():
                say(f"  {name:22} {told.splitlines()[0]}")
        return
    every = {each: told for rows in reversed(known.values()) for each, told in rows.items()}
    name = " ".join(word)
    apart = name not in every and (explained_by(name, every) is None or every.keys() >= set(word))
    found = {each: explained_by(each, every) for each in (word if apart else (name,))}
    for each in (each for each, one in found.items() if one is None):
        alike, given = {plain(one): one for one in every if plain(one)}, plain(each)
        near = difflib.get_close_matches(given, alike, 1, 0.9) or difflib.get_close_matches(given, alike, 3, 0.6)
        meant = f"did you mean {' or '.join(alike[one] for one in near)}?" if near else "bgsync explain lists all"
        fail(f"unknown word {each!r}: {meant}")
    say("\n\n".join(f"{one}: {every[one].strip()}" for one in found.values() if one is not None))


SHAPES = ((r"(.*\()?t\d+\)?", "t1"), (r".*#\d+", "#1"), (r"objects?|\S.* [A-Z]", "object A"))
"""How words look that are made in a run, each with the one that is explained."""


def explained_by(name: str, every: Mapping[str, str]) -> str | None:
    """Give the word that explains another one: itself, in whatever letters and number, or what it begins with.

    That counts where the rest is known as well, or is a value that the explanation speaks of.
    """
    from bgsync.prose.close import plain

    alike = {plain(each): each for each in every if plain(each)}
    unnumbered = re.sub(r" [\d,]+$", "", name)
    words = name.split(" ")
    cuts = ((" ".join(words[:size]), " ".join(words[size:])) for size in range(len(words) - 1, 0, -1))
    tried: list[str | None] = [
        name,
        *(first for first, rest in cuts if rest in every or f"`{rest}`" in every.get(first, "")),
    ]
    tried += [alike.get(plain(name)), *(one for shape, one in SHAPES if re.fullmatch(shape, name)), unnumbered]
    tried += [alike.get(plain(re.sub(ending, other, unnumbered))) for ending, other in PLURALS]
    return next((one for one in (*tried, name.split("/")[0]) if one in every), None)


PLURALS = ((r"ies$", "y"), (r"s$", ""), (r"es$", ""))

SEEN = "a page, a worker or a server"


def explained() -> dict[str, dict[str, str]]:
    """Give every word that is explained, by its kind."""
    from bgsync.judge.structure.finding import PROPERTIES
    from bgsync.report.comparison_text import MEANINGS
    from bgsync.report.terms import SIGNS, TERMS

    first, *others = reversed(candidates())  # what holds for any text is told as it does there, all else as main does
    contents = [*(each for each in others if each != main_content()), main_content(), first]
    own = {prop.id: prop for each in contents for prop in reversed(each.properties)}
    properties = [*dict(sorted(own.items())).values(), *PROPERTIES]
    spec = {name: f"{told[0].upper()}{told[1:]}." for each in contents for name, told in each.world.words.terms}
    return {
        "properties": {
            prop.id: f"{prop.sentence}\n\nWhy it matters: {prop.why}\nRests on: {prop.reference}" for prop in properties
        },
        "adversities": {
            name: f"{adversity.says[0].upper()}{adversity.says[1:]}."
            for each in contents
            for name, adversity in each.world.adversities.items()
        },
        "words of the spec": dict(sorted(spec.items())),
        "words of reports": {
            **{
                name: f"{told[0].upper()}{told[1:]}.".replace(SEEN, "anybody outside")
                for name, told in MEANINGS.items()
            },
            **{
                kind: f"Of an invocation in a run: {told}."
                for each in contents
                for kind, told in each.world.words.invocations.items()
            },
            **TERMS,
            **SIGNS,
            **{each.name: f"A content, which a text is judged as: {each.about}." for each in contents},
        },
    }


def system_graph(of: Target, granularity: str, adversities: tuple[str, ...], bounds: Bounds) -> Any:
    """Explore a spec without a monitor; give its system and graph."""
    from bgsync.explore.search import explore
    from bgsync.system.scenario import Scenario
    from bgsync.system.system import System

    system = System(Scenario(of.spec, of.content.world, granularity, adversities, bounds))
    line = Line()
    graph = explore(system, progress=line.of(granularity))
    line.end()
    return system, graph


@click.command(epilog=EPILOG)
@click.argument("target", metavar="[SPEC|lifecycle]", required=False)
@asking("algorithm", ("step", "algorithm"), ("with", "tags", "calls"))
@click.option("--format", "output", type=click.Choice(list(GRAPHS)), default="json", show_default=True)
@written_option
def graph(
    target: str | None, granularity: str, adversities: tuple[str, ...], tags: int, calls: int, output: str, path: str
) -> None:
    """Export the reachable graph of SPEC, or of the lifecycle by itself, made with networkx.

    In Python: bgsync.to_networkx(graph) gives the same graph, on which any function can be checked.
    """
    from bgsync.explore.search import explore
    from bgsync.export.graph import to_networkx, written
    from bgsync.system.describe import attributes, label, say_action
    from bgsync.system.scenario import Bounds

    claim(path, GRAPHS[output].endings)
    if target == "lifecycle":
        own = main_content()
        if own.operations is None:
            fail(f"{own.name} has no lifecycle that can be explored by itself: leave the name out")
        found = explore(own.operations().world)
        made = to_networkx(found, label=lambda state: ", ".join(state))
    else:
        of = found_target(target)
        choose("adversity", adversities, known_adversities((of.content,)))
        system, found = system_graph(of, granularity, adversities, Bounds(tags, calls))
        made = to_networkx(
            found,
            label=lambda state: label(system, state),
            attributes=lambda state: attributes(system, state),
            say=lambda action: say_action(system, action),
        )
    save(path, written(made, output))
