"""Active learning: the Mealy machine of an implementation, under some operations, held against a model.

AALpy's algorithm KV asks words, and guesses a machine. A guess is tried where the model says otherwise, so that every
difference is one that was seen; then on random walks from each of its states. What a word came to is remembered. An
answer that does not agree with an earlier one, or with the model, is not believed at once: the word is repeated, and
the implementation given more time. If it then answers one way, that is its answer; else it is no Mealy machine, which
is told with the rates and ends the learning. One that often needs more time is given it always.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

try:
    from aalpy import MealyMachine, Oracle, run_KV
    from aalpy.base import SUL
except ModuleNotFoundError as error:
    from bgsync.extras import command

    raise ImportError(f"learning needs AALpy: {command('learn')}") from error

from bgsync.driving import Operation, Unable
from bgsync.errors import BgsyncError
from bgsync.fuzz import finding as findings
from bgsync.fuzz.adapter import Adapter
from bgsync.fuzz.campaign import REPETITIONS
from bgsync.fuzz.finding import Finding
from bgsync.fuzz.relation import PASSED, Mealy, Relation, related
from bgsync.fuzz.surroundings import Surroundings
from bgsync.observing import Observing, Seen
from bgsync.observing import Oracle as Model

Word = tuple[Operation, ...]
Answer = tuple[Seen, ...]
WALKS, WALK = 20, 10
"""How many random walks begin in each state, and how long they are."""
HURRIED = 3
"""How many answers may turn out to have been too early before there is always more time."""


@dataclass(frozen=True)
class Rates:
    """A word that does not always come to the same, with how often it came to what."""

    word: Word
    answers: tuple[tuple[Answer, int], ...]

    def __str__(self) -> str:
        width = max(len(str(one)) for one in self.word)
        lines = list[str]()
        for answer, count in self.answers:
            lines.append(f"{count} of {sum(n for _, n in self.answers)} times:")
            lines += [
                f"{n:3}. {one!s:{width}}  {seen}"
                for n, (one, seen) in enumerate(zip(self.word, answer, strict=True), 1)
            ]
        return "\n".join(lines)


@dataclass(frozen=True)
class Learned:
    """What was learned. There is no machine where the implementation is not deterministic."""

    operations: Word
    mealy: Mealy | None
    relation: Relation | None
    findings: tuple[Finding, ...]
    """A shortest run for each kind of difference."""
    rates: Rates | None
    words: int
    """How many words were tried."""
    steps: int
    seconds: float
    late: bool
    """Whether the time was up before the machine had been tried in full."""


class _Varies(Exception):
    def __init__(self, rates: Rates) -> None:
        self.rates = rates


class _Mistaken(Exception):
    """An earlier answer was not right, since the implementation had needed more time: learning begins again."""


class _Asked(SUL):  # type: ignore[misc]  # AALpy has no types
    """The implementation, asked words."""

    def __init__(self, adapter: Callable[[], Adapter], observing: Observing) -> None:
        super().__init__()
        self.adapter, self.observing = adapter, observing
        self.known: dict[Word, Seen] = {}
        """What the last operation of a word came to."""
        self.hurried = 0

    def query(self, word: Sequence[Operation]) -> list[Seen]:
        """Give what each operation of a word comes to."""
        word = tuple(word)
        if word not in self.known:
            answer = self._run(word)
            if answer != self._recalled(word, answer):
                answer = self.repeated(word)
            self._keep(word, answer)
        return list(self._recalled(word, ()))

    def repeated(self, word: Word) -> Answer:
        """Give what a word comes to each time when it is given more time. Raises _Varies, _Mistaken."""
        answers = Counter(self._run(word, patient=True) for _ in range(REPETITIONS))
        if len(answers) > 1:
            raise _Varies(Rates(word, tuple(answers.most_common())))
        (answer,) = answers
        if answer != self._recalled(word, answer):
            place = next(n for n, seen in enumerate(answer) if self.known.get(word[: n + 1], seen) != seen)
            wrong = word[: place + 1]
            self.known = {one: seen for one, seen in self.known.items() if one[: len(wrong)] != wrong}
            self._keep(word, answer)
            self.hurried += 1
            if self.hurried == HURRIED:
                self.known.clear()
            raise _Mistaken
        return answer

    def _keep(self, word: Word, answer: Answer) -> None:
        for place, seen in enumerate(answer):
            self.known[word[: place + 1]] = seen

    def _recalled(self, word: Word, otherwise: Answer) -> Answer:
        """Give what is remembered of a word, and else the answer that is given."""
        return tuple(
            self.known[word[: n + 1]] if word[: n + 1] in self.known else otherwise[n] for n in range(len(word))
        )

    def _run(self, word: Word, patient: bool = False) -> Answer:
        adapter, around, answer = self.adapter(), Surroundings.initial(self.observing), list[Seen]()
        adapter.reset()
        self.num_queries += 1
        raised, patient = False, patient or self.hurried >= HURRIED
        for operation in word:
            seen = PASSED
            if not raised and around.sensible(operation):
                self.num_steps += 1
                try:
                    seen = adapter.do(operation)
                    seen = adapter.more(seen) if patient else seen
                    around = around.after(operation, seen)
                except Unable:
                    pass
                except BgsyncError:
                    raise
                except Exception as error:
                    seen, raised = Seen(other=" ".join(f"it raised {type(error).__name__}: {error}".split())), True
            answer.append(seen)
        return tuple(answer)

    def pre(self) -> None:
        """Nothing: words are asked as a whole."""

    post = pre

    def step(self, letter: Any) -> Any:
        """Refuse to be asked in pieces: `query` asks whole words. Raises RuntimeError."""
        raise RuntimeError("a word is asked as a whole")


class _Tried(Oracle):  # type: ignore[misc]
    """Tries a guess: where the model differs, then on random walks."""

    def __init__(self, operations: Word, asked: _Asked, model: Model, seed: int, end: float | None) -> None:
        super().__init__(list(operations), asked)
        self.model, self.end, self.random = model, end, random.Random(seed)
        self.walked = Counter[Word]()
        self.believed = set[Word]()
        """Words whose difference from the model was repeated."""

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return self.end is not None and time.monotonic() > self.end

    def find_cex(self, hypothesis: MealyMachine) -> Word | None:
        """Give a word by which the guess differs from the implementation; None where none was found."""
        guess = mealy_of(hypothesis, self.alphabet)
        for difference in related(guess, self.model).differences:
            word = difference.finding.operations
            if found := self._differs(guess, word):
                return found
            if word not in self.believed:
                self.sul.repeated(word)
                self.believed.add(word)
        for state in reversed(range(len(guess.words))):
            access = guess.words[state]
            while self.walked[access] < WALKS and not self.late:
                self.walked[access] += 1
                if found := self._differs(guess, self._walk(guess, state)):
                    return found
        return None

    def _walk(self, guess: Mealy, state: int) -> Word:
        word = list(guess.words[state])
        for _ in range(WALK):
            moves = guess.moves[state]
            chosen = self.random.choice([one for one in moves if moves[one][0] != PASSED] or list(moves))
            word.append(chosen)
            state = moves[chosen][1]
        return tuple(word)

    def _differs(self, guess: Mealy, word: Word) -> Word | None:
        state = 0
        for place, (operation, seen) in enumerate(zip(word, self.sul.query(word), strict=True)):
            meant, state = guess.moves[state][operation]
            if seen != meant:
                return word[: place + 1]
        return None


def mealy_of(machine: MealyMachine, operations: Sequence[Operation]) -> Mealy:
    """Give a machine of AALpy's with numbered states, in the order of their shortest words."""
    order, words = [machine.initial_state], list[Word]([()])
    numbers = {machine.initial_state.state_id: 0}
    for place, state in enumerate(order):
        for one in operations:
            after = state.transitions[one]
            if after.state_id not in numbers:
                numbers[after.state_id] = len(order)
                order.append(after)
                words.append((*words[place], one))
    moves = tuple(
        {one: (state.output_fun[one], numbers[state.transitions[one].state_id]) for one in operations}
        for state in order
    )
    return Mealy(moves, tuple(words))


def learn(
    make: Callable[[], Any],
    observing: Observing,
    model: Model,
    operations: Sequence[Operation],
    *,
    seconds: float | None = None,
    seed: int = 0,
) -> Learned:
    """Learn the machine of an implementation, which `make` gives for each word, and compare it with a model.

    Begins no new try of a guess after so many seconds. Raises AdapterError, and what the implementation raises in
    `reset`.
    """
    begun, last = time.monotonic(), list[Adapter]()

    def adapter() -> Adapter:
        made = make()
        if not last or last[0].implementation is not made:
            for one in last:
                one.close()
            last[:] = [Adapter(made, observing)]
        return last[0]

    asked = _Asked(adapter, observing)
    chosen = tuple(dict.fromkeys(operations))
    try:
        while True:
            tried = _Tried(chosen, asked, model, seed, None if seconds is None else begun + seconds)
            try:
                machine = run_KV(list(chosen), asked, tried, "mealy", cache_and_non_det_check=False, print_level=0)
                break
            except _Mistaken:
                continue
            except _Varies as varies:
                spent = time.monotonic() - begun
                counts = asked.num_queries, asked.num_steps, spent
                return Learned(chosen, None, None, (), varies.rates, *counts, tried.late)
        mealy = mealy_of(machine, chosen)
        relation = related(mealy, model)
        found = tuple(_again(one, adapter, model) for one in _kinds(relation))
        spent = time.monotonic() - begun
        return Learned(chosen, mealy, relation, found, None, asked.num_queries, asked.num_steps, spent, tried.late)
    finally:
        for one in last:
            one.close()


def _kinds(relation: Relation) -> list[Finding]:
    """Give the shortest finding of each kind, without those that another one is a part of."""
    found = dict[object, Finding]()
    for difference in relation.differences:
        one = difference.finding
        if one.kind not in found and not any(other.shows_in(one) for other in found.values()):
            found[one.kind] = one
    return list(found.values())


def _again(finding: Finding, adapter: Callable[[], Adapter], model: Model) -> Finding:
    """Repeat a finding, and give it as it was seen then."""
    again = [findings.replay(adapter(), model, finding.operations) for _ in range(REPETITIONS)]
    seen = next((one for one in again if one is not None), finding)
    return seen.again(sum(one is not None and one.kind == seen.kind for one in again), REPETITIONS)
