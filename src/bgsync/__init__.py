"""bgsync: an executable model of Web Background Sync, and a checker for its spec."""

from bgsync.explore import Graph, Model, explore
from bgsync.explore.export import counterexample, to_networkx

__all__ = ["Graph", "Model", "counterexample", "explore", "to_networkx"]
