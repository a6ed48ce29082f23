"""The ways in which one action can go on, each a script of choices, in the order of what can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

from bgsync.system.evaluation import Blocked
from bgsync.system.state import Value

Script = tuple[Value, ...]


class Ways:
    """Scripts of choices: a run takes the first option wherever its script ends, and the others are left for later."""

    def __init__(self) -> None:
        self._left: list[Script] = [()]
        self._forks: set[Hashable] = set()

    def scripts(self) -> Iterator[Script]:
        """Give the scripts that are left, while runs leave more."""
        while self._left:
            yield self._left.pop()

    @property
    def is_left(self) -> bool:
        """Whether there are more."""
        return bool(self._left)

    def take(self, script: Script, options: tuple[Value, ...], fork: Callable[[], Hashable]) -> Value:
        """Take the first option after a script; `fork` tells what a run has come to.

        Raises Blocked where another run has come to the same.
        """
        if script:
            met = fork()
            if met in self._forks:
                raise Blocked
            self._forks.add(met)
        self._left += [(*script, option) for option in reversed(options[1:])]
        return options[0]
