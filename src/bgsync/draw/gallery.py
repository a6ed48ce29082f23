"""The pictures of the built-in model, each generated from it."""

import importlib
from collections.abc import Iterator

from bgsync.content import load_content
from bgsync.draw.diagram import Diagram
from bgsync.draw.lifecycle import lifecycle_diagram
from bgsync.draw.render import render
from bgsync.draw.states import project, states_diagram, states_words

ENDINGS = {"mermaid": "mmd", "svg": "svg"}


def pictures() -> Iterator[tuple[str, Diagram]]:
    """Give every picture with its name."""
    load_content()
    surroundings = importlib.import_module("model.environment").SURROUNDINGS
    spec = importlib.import_module("model.one_off").SPEC
    yield "lifecycle", lifecycle_diagram()
    graph = project(spec, surroundings)
    yield "states", states_diagram(graph, *states_words(spec, graph, ", every invocation one action"))


def files() -> Iterator[tuple[str, str]]:
    """Give the name and the content of every file of the gallery."""
    for name, picture in pictures():
        for form, ending in ENDINGS.items():
            yield f"{name}.{ending}", render(picture, form).decode()
