"""The pictures of the built-in model, each generated from it."""

import importlib
from collections.abc import Iterator

from bgsync.content import load_content
from bgsync.draw.diagram import Diagram
from bgsync.draw.dot import to_dot
from bgsync.draw.lifecycle import lifecycle_diagram
from bgsync.draw.mermaid import to_mermaid
from bgsync.draw.states import states_diagram
from bgsync.draw.svg import to_svg
from bgsync.explore import explore
from bgsync.system.describe import registration_states, say_action
from bgsync.system.scenario import Scenario
from bgsync.system.step import Action, State
from bgsync.system.system import System

PICTURES = ("lifecycle", "states")
RENDERERS = {"mermaid": to_mermaid, "svg": to_svg, "dot": to_dot}
ENDINGS = {"mermaid": "mmd", "svg": "svg"}


def diagram(name: str) -> Diagram:
    """Make a picture by name: `lifecycle` or `states`. Raises KeyError."""
    return {"lifecycle": lifecycle_diagram, "states": _states}[name]()


def render(picture: Diagram, form: str) -> str:
    """Write a picture as `mermaid`, `svg` or `dot`. Raises KeyError."""
    return RENDERERS[form](picture)


def files() -> Iterator[tuple[str, str]]:
    """Give the name and the content of every file of the gallery."""
    for name in PICTURES:
        picture = diagram(name)
        for form, ending in ENDINGS.items():
            yield f"{name}.{ending}", render(picture, form)


def _states() -> Diagram:
    load_content()
    surroundings = importlib.import_module("model.environment").SURROUNDINGS
    spec = importlib.import_module("model.one_off").SPEC
    system = System(Scenario(spec, surroundings, "algorithm", monitor="none"))
    graph = explore(system)

    def project(state: State) -> str:
        return registration_states(system, state)["t1"]

    def label(action: Action) -> str:
        return say_action(system, action)

    return states_diagram(
        graph,
        project,
        "What a registration can do",
        f"The {len(graph.states)} reachable states of {spec.title} at revision {spec.revision}, every invocation one "
        "action, projected to the state of one registration",
        label=label,
    )
