"""bgsync: an executable model of Web Background Sync, and a checker for its spec and for specs like it.

    >>> import bgsync
    >>> bgsync.check("one-off", properties=["unique-tag"])["unique-tag"].kind
    'race'

What is named here is imported when it is asked for, so `import bgsync` costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bgsync.api import check, compare, content, draw, read
    from bgsync.contents import Content
    from bgsync.errors import BgsyncError
    from bgsync.explore.graph import Graph
    from bgsync.explore.model import Model
    from bgsync.explore.search import explore
    from bgsync.export.graph import counterexample, to_networkx
    from bgsync.machines.testing import machine_test, stateful_test
    from bgsync.results import Checked, Compared, Picture, Run
    from bgsync.texts import Text

_HOMES = {
    "bgsync.api": ("check", "compare", "content", "draw", "read"),
    "bgsync.contents": ("Content",),
    "bgsync.errors": ("BgsyncError",),
    "bgsync.explore.graph": ("Graph",),
    "bgsync.explore.model": ("Model",),
    "bgsync.explore.search": ("explore",),
    "bgsync.export.graph": ("counterexample", "to_networkx"),
    "bgsync.machines.testing": ("machine_test", "stateful_test"),
    "bgsync.results": ("Checked", "Compared", "Picture", "Run"),
    "bgsync.texts": ("Text",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
for _package in ("compare", "draw", "explore"):  # once they are imported, their names are free for the functions
    importlib.import_module(f"bgsync.{_package}")
    del globals()[_package]

__all__ = [
    "BgsyncError",
    "Checked",
    "Compared",
    "Content",
    "Graph",
    "Model",
    "Picture",
    "Run",
    "Text",
    "check",
    "compare",
    "content",
    "counterexample",
    "draw",
    "explore",
    "machine_test",
    "read",
    "stateful_test",
    "to_networkx",
]


def __getattr__(name: str) -> Any:
    """Give what is named above, from where it stands."""
    if name not in _HOME:
        raise AttributeError(f"module 'bgsync' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
