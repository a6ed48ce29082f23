"""What a run visited, what it missed, and how a machine is steered towards the rest.

Steering looks only at what the same example has visited so far, never at earlier examples: Hypothesis replays and
shrinks an example, and must be given the same choices each time.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Coverage:
    """Counts visits of labels. `expected` gives, for each kind of label, all that there are."""

    def __init__(self, expected: Mapping[str, Sequence[str]]) -> None:
        self.expected = {kind: tuple(dict.fromkeys(labels)) for kind, labels in expected.items()}
        self.counts: dict[str, Counter[str]] = {kind: Counter() for kind in self.expected}

    def record(self, kind: str, *labels: str) -> None:
        """Count a visit of each label. Raises ValueError for a label or a kind that is not expected."""
        self._known(kind, labels)
        self.counts[kind].update(labels)

    def new(self, kind: str, *labels: str) -> bool:
        """Tell whether any of the labels was not visited yet. Raises ValueError as `record` does."""
        self._known(kind, labels)
        return any(label not in self.counts[kind] for label in labels)

    def visited(self, kind: str) -> tuple[str, ...]:
        """Give the visited labels of a kind, in the order in which they were declared."""
        self._known(kind, ())
        return tuple(label for label in self.expected[kind] if label in self.counts[kind])

    def missing(self) -> dict[str, tuple[str, ...]]:
        """Give the labels that were never visited, by kind; empty when everything was."""
        left = {
            kind: tuple(label for label in labels if label not in self.counts[kind])
            for kind, labels in self.expected.items()
        }
        return {kind: labels for kind, labels in left.items() if labels}

    def merge(self, other: "Coverage") -> None:
        """Add the visits that another one counted. Raises ValueError for a label that is not expected here."""
        for kind, counts in other.counts.items():
            self._known(kind, tuple(counts))
            self.counts[kind].update(counts)

    def fresh(self) -> "Coverage":
        """Give one of the same labels without visits."""
        return Coverage(self.expected)

    def report(self) -> str:
        """Say in a line for each kind how much was visited, and in one for each label what is missing."""
        lines: list[str] = []
        missing = self.missing()
        for kind, labels in self.expected.items():
            lines.append(f"{kind}: {len(self.visited(kind))} of {len(labels)}")
            lines += [f"  missing: {label}" for label in missing.get(kind, ())]
        return "\n".join(lines)

    def _known(self, kind: str, labels: Sequence[str]) -> None:
        if kind not in self.expected:
            raise ValueError(f"unknown kind {kind!r}: one of {', '.join(self.expected)}")
        for label in labels:
            if label not in self.expected[kind]:
                raise ValueError(f"unknown {kind} {label!r}: declare it when the coverage is made")


def steered(options: Sequence[T], possible: Callable[[T], bool], new: Callable[[T], bool]) -> st.SearchStrategy[T]:
    """Draw an option: half of the time one that visits something new, where there is one.

    One draw in four is blind and may give an option that is not possible; whoever draws it does nothing then. Blind
    draws are the simplest for Hypothesis, so it turns all into them when it shrinks: then any step can be left out,
    and the later ones still mean the same.
    """
    blind = st.sampled_from(options)
    allowed = blind.filter(possible)
    fresh = allowed.filter(new) if any(possible(option) and new(option) for option in options) else allowed
    return st.integers(0, 3).flatmap(lambda kind: (blind, allowed, fresh, fresh)[kind])
