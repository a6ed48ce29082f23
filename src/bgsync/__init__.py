"""bgsync: an executable model of Web Background Sync, and a checker for its spec."""

from typing import TYPE_CHECKING, Any

from bgsync.explore import Graph, Model, explore

if TYPE_CHECKING:
    from bgsync.export.graph import counterexample, to_networkx

__all__ = ["Graph", "Model", "counterexample", "explore", "to_networkx"]


def __getattr__(name: str) -> Any:
    """Give what needs networkx when it is asked for: the rest starts faster without it."""
    if name in ("counterexample", "to_networkx"):
        from bgsync.export import graph

        return getattr(graph, name)
    raise AttributeError(f"module 'bgsync' has no attribute {name!r}")
