"""The scripts of choices by which one action can go on, in the order of what can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

from bgsync.system.evaluation import Blocked
from bgsync.system.state import Value

Script = tuple[Value, ...]


class Scripts:
    """Scripts of choices: a run takes the first option wherever its script ends, and the others are left for later."""

    def __init__(self) -> None:
        self._open: list[Script] = [()]
        self._forks: set[Hashable] = set()

    def left(self) -> Iterator[Script]:
        """Give the scripts that are left, while runs leave more."""
        while self._open:
            yield self._open.pop()

    @property
    def is_left(self) -> bool:
        """Whether there are more."""
        return bool(self._open)

    def take(self, script: Script, options: tuple[Value, ...], fork: Callable[[], Hashable]) -> Value:
        """Take the first option after a script; `fork` tells what a run has come to.

        Raises Blocked where another run has come to the same.
        """
        if script:
            met = fork()
            if met in self._forks:
                raise Blocked
            self._forks.add(met)
        self._open += [(*script, option) for option in reversed(options[1:])]
        return options[0]
