"""Whether specs are bisimilar to one that stays the same, as `behaviour` says it, without looking for what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bgsync.compare.behaviour import joined
from bgsync.compare.observe import Labelled, observed
from bgsync.language import Spec
from bgsync.pauses import pause
from bgsync.system.scenario import Scenario


@dataclass(frozen=True)
class Known:
    """A spec in one environment, explored, with the numbers that its labels have."""

    scenario: Scenario
    graph: Labelled
    numbers: tuple[tuple[str, int], ...]

    def differs(self, other: Spec, limit: int) -> str:
        """Say why another spec is not shown to be bisimilar to this one here; "" where it is."""
        graph = observed(replace(self.scenario, spec=other), dict(self.numbers), limit=limit)
        for each in (self.graph, graph):
            if not each.complete:
                pause()  # where a budget ended the exploration, it ends this, too
                return f"not known, it has more than {each.states:,} states"
            if each.torn:
                return f"not known, {each.torn} parts what belongs together"
        if graph.edges == self.graph.edges:
            return ""
        _, (left, right) = joined([self.graph, graph])
        return "" if left == right else "it can be told from the original"


def explored(scenarios: Sequence[Scenario], limit: int) -> tuple[Known, ...]:
    """Explore a spec in several environments."""
    found: list[Known] = []
    for scenario in scenarios:
        numbers: dict[str, int] = {}
        graph = observed(scenario, numbers, limit=limit)
        found.append(Known(scenario, graph, tuple(numbers.items())))
    return tuple(found)
