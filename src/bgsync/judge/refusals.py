"""Why a call is refused: the conditions that a step depends on, and what of the environment they are about.

A step depends on a condition where one way out of it leads to the step in any case and another one need not: control
dependence, by postdominators (Ferrante, Ottenstein and Warren 1987). What a condition is about is followed through
the variables that it reads, to what they are set to and to the conditions that this depends on; not to those that
decide no more than whether the condition is come to at all. So behind other tests only a refusal's own test counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.system.instructions import END, Instruction
from bgsync.system.program import Program

OWN = ""
"""What a condition is about that is no part of the environment: an object, an argument, what is not followed."""
Reasons = frozenset[str]
_FILL = (s.Add, s.Remove, s.Empty)
_DECIDE = (s.If, s.While, s.ForEach)
_SAME = (e.Is, e.Not, e.And, e.Or, e.Compare, e.Conditional, e.Arithmetic, e.Contains, e.Sequence)
"""What is about no more than its operands are."""


@lru_cache(maxsize=4)
def refusals(program: Program) -> Refusals:
    """Give the analysis of a program, once."""
    return Refusals(program)


class Refusals:
    """What the steps of a program depend on."""

    def __init__(self, program: Program) -> None:
        self.program, self.code = program, program.code
        self._after: dict[int, tuple[int, ...]] = {}
        self._known: dict[tuple[str, str, int], Reasons] = {}
        self._controls: dict[int, tuple[int, ...]] = {}

    @lru_cache(maxsize=256)  # noqa: B019  # it goes with the program
    def reasons(self, pc: int) -> Reasons:
        """Give what the conditions are about that a step depends on: machines of the world, and OWN."""
        if self.code[pc].op == "not understood":
            return frozenset({OWN})
        found = self._deciding(pc)
        if found:
            return frozenset[str]().union(*(self._of_condition(each) for each in found))
        return frozenset[str]().union(*(self.reasons(each) for each in self._calls(self.code[pc].origin.algorithm)))

    def callers(self, algorithm: str) -> frozenset[str]:
        """Give the algorithms that come to run another one, and that one."""
        found, work = {algorithm}, [algorithm]
        for name in work:
            new = {self.code[pc].origin.algorithm for pc in self._calls(name)} - found
            found |= new
            work += sorted(new)
        return frozenset(found)

    def _calls(self, algorithm: str) -> Iterator[int]:
        for pc, each in enumerate(self.code):
            if each.op == "call" and isinstance(each.statement, s.Call) and each.statement.algorithm == algorithm:
                yield pc

    # --- control

    def _next(self, pc: int) -> tuple[int, ...]:
        if pc not in self._after:
            self._after[pc] = tuple(dict.fromkeys((*self.program.successors(pc), *self.program.started(pc))))
        return self._after[pc]

    def _reached(self, pc: int, avoiding: int | None = None) -> frozenset[int]:
        """Give what is come to from an instruction, itself included."""
        found, work = {pc}, [pc]
        for here in work:
            new = [each for each in self._next(here) if each not in found and each != avoiding]
            found.update(new)
            work += new
        return frozenset(found)

    def _deciding(self, pc: int) -> tuple[int, ...]:
        """Give the conditions that an instruction depends on directly."""
        if pc not in self._controls:
            found, work = dict[int, None](), [pc]
            for goal in work:
                for at in range(len(self.code)):
                    if at != goal and at not in found and len(self._next(at)) > 1 and self._depends(goal, at):
                        found[at] = None
                        if not self._decides(self.code[at]):
                            work.append(at)  # such as the start of steps that run in parallel
            self._controls[pc] = tuple(at for at in found if self._decides(self.code[at]))
        return self._controls[pc]

    def _depends(self, goal: int, at: int) -> bool:
        ways = self._next(at)
        sure = [goal in self._reached(each) and (each == goal or END not in self._reached(each, goal))
                for each in ways]  # fmt: skip
        return any(sure) and not all(sure)

    @staticmethod
    def _decides(instruction: Instruction) -> bool:
        return instruction.op in ("branch", "each") and isinstance(instruction.statement, _DECIDE)

    # --- data

    def _of_condition(self, pc: int) -> Reasons:
        statement, name = self.code[pc].statement, self.code[pc].origin.algorithm
        expressions = traversal.expressions(statement)
        return frozenset[str]().union(*(self._about(each, name, pc) for each in expressions))

    def _about(self, expression: e.Expr, algorithm: str, use: int) -> Reasons:
        """Give what an expression is about that is read at an instruction."""
        match expression:
            case None | bool() | str() | int():
                return frozenset()
            case e.Environment(machine=machine) | e.Population(machine=machine):
                return frozenset({machine})
            case e.Var(name=name):
                return self._of_variable(name, algorithm, use)
            case e.Field(owner=owner):
                return self._about(owner, algorithm, use) or frozenset({OWN})
            case _ if isinstance(expression, _SAME):
                inner = (self._about(each, algorithm, use) for each in e.operands(expression))
                return frozenset[str]().union(*inner)
            case _:
                return frozenset({OWN})

    def _of_variable(self, name: str, algorithm: str, use: int) -> Reasons:
        key = (name, algorithm, use)
        if key not in self._known:
            self._known[key] = frozenset()  # for one that is set to what it is
            setting = [pc for pc in self._setting(name, algorithm) if use in self._reached(pc)]
            found = [self._set_to(pc, name, use) for pc in setting]
            found += [self._of_conditions(pc, use) for pc in setting]
            self._known[key] = frozenset[str]().union(*found) if setting else self._of_argument(name, algorithm)
        return self._known[key]

    def _setting(self, name: str, algorithm: str) -> Iterator[int]:
        """Give the instructions that may give a variable a value, or change what is in the list that it holds."""
        for pc, each in enumerate(self.code):
            unread = each.statement.may_write if isinstance(each.statement, s.NotUnderstood) else ()
            filled = isinstance(each.statement, _FILL) and each.statement.collection == e.Var(name)
            if each.origin.algorithm == algorithm and (filled or name in (*traversal.bound(each.statement), *unread)):
                yield pc

    def _set_to(self, pc: int, name: str, use: int) -> Reasons:
        statement, algorithm = self.code[pc].statement, self.code[pc].origin.algorithm
        match statement:
            case s.Let(value=value) | s.Set(value=value) | s.ForEach(collection=value):
                return self._about(value, algorithm, use)
            case s.Increment():
                return frozenset()
            case s.Call(algorithm=called):
                inner = (pc for pc, each in enumerate(self.code) if each.origin.algorithm == called)
                return frozenset[str]().union(*map(self._of_condition, inner))
            case _:
                return frozenset({OWN})

    def _of_conditions(self, pc: int, use: int) -> Reasons:
        """Give what decides whether an instruction comes before the use, of all ways to the use."""
        found, work = dict[int, None](), [pc]
        for here in work:
            for at in self._deciding(here):
                if at not in found and all(use in self._reached(each) for each in self._next(at)):
                    found[at] = None
                    work.append(at)
        return frozenset[str]().union(*map(self._of_condition, found))

    def _of_argument(self, name: str, algorithm: str) -> Reasons:
        """Give what a parameter is about: what the callers hand over."""
        given = {each.name: each.parameters for each in self.program.spec.algorithms}.get(algorithm, ())
        calls = [] if name not in given or algorithm in self.program.spec.methods else list(self._calls(algorithm))
        if not calls:
            return frozenset({OWN})
        at, found = given.index(name), frozenset[str]()
        for pc in calls:
            statement = self.code[pc].statement
            assert isinstance(statement, s.Call)
            found |= self._about(statement.arguments[at], self.code[pc].origin.algorithm, pc)
        return found
