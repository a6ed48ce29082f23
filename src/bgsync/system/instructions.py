"""What an instruction of a program is, and which variables it reads and binds."""

from dataclasses import dataclass
from typing import Literal

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal

END = 0
EVENT = "@event"
"""The hidden variable that holds what the dispatched event is about."""
OUTCOME = "@outcome"
"""The hidden variable that holds how the event settled, where steps in several places react to it."""
UPON = "@upon"
"""The hidden variable of a task that has dispatched an event: what reacts to it once the task has ended."""
TASK = "@task"
"""The hidden variable of an invocation whose task has begun and not ended."""
TERMINATED = "terminated"
"""How an event settles when its worker is terminated."""
Op = Literal[
    "add", "assert", "await", "bind", "branch", "call", "chance", "dispatch", "each", "empty", "end", "ended",
    "extended", "increment", "items", "jump", "let", "not understood", "queue", "reject", "remove", "resolve", "return",
    "set", "spawn", "spawn each", "task", "task end", "throw", "until", "upon", "wait",
]  # fmt: skip
"""The kinds of instructions; what each of them does is a method of `bgsync.system.run.Run`, or of its effects."""

WAITS: frozenset[Op] = frozenset({"await", "extended", "ended", "wait", "until", "chance", "queue", "task"})
"""The instructions that an invocation stops at."""


@dataclass(frozen=True)
class Instruction:
    """One instruction; `next` is where control goes, `other` where it goes otherwise."""

    op: Op
    statement: s.Statement
    group: tuple[str, tuple[int, ...]]
    atomic: bool
    next: int = END
    other: int = END
    branches: tuple[tuple[str, int, s.Origin], ...] = ()
    delayed: bool = False
    """Whether a Wait comes before it in the same steps."""
    home: str = ""
    """The algorithm that fires the event which this dispatches."""
    event: str = ""
    """The variable that holds the event which these steps react to."""

    @property
    def origin(self) -> s.Origin:
        """Where the statement comes from."""
        assert self.statement.origin is not None
        return self.statement.origin


def may_not_come(instruction: Instruction) -> bool:
    """Whether what is waited for may never come; a promise settles in the end, one way or the other."""
    return instruction.op == "chance" and not {"fulfilled", "rejected"} <= {how for how, _, _ in instruction.branches}


def loop_variable(instruction: Instruction) -> str:
    """Name the hidden variable with the items that a For each has still to visit."""
    name = instruction.statement.name if isinstance(instruction.statement, s.ForEach) else ""
    return f"@items {instruction.origin.step} {name}"


def names(instruction: Instruction) -> tuple[frozenset[str], frozenset[str]]:
    """Give the variables that an instruction reads, and those that it binds."""
    statement, op = instruction.statement, instruction.op
    reads = frozenset[str]().union(*(e.variables(part) for part in traversal.expressions(statement)))
    writes = frozenset[str]()
    match statement:
        case s.Let(name=name):
            writes = frozenset({name})
        case s.Call(bind=name) if name:
            writes = frozenset({name})
        case s.Set(target=e.Var(name=name)):
            writes = frozenset({name})
        case s.Set(target=e.Field() | e.Item() as target):
            reads |= e.variables(target)
        case s.ForEach(name=name):
            hidden = frozenset({loop_variable(instruction)})
            if op == "items":
                reads, writes = e.variables(statement.collection), hidden
            elif op == "each":
                reads, writes = (e.variables(statement.where) - {name}) | hidden, frozenset({name})
            else:
                reads -= {name}
        case s.FireEvent(bind=bind):
            writes = frozenset({bind, EVENT, OUTCOME}) if op in ("dispatch", "jump") else frozenset()
            reads = reads if op == "dispatch" else frozenset()
            if not statement.event:
                reads, writes = reads | {bind}, writes - {bind}
        case s.Upon(bind=bind) if op == "bind":
            reads, writes = frozenset(), frozenset({bind})
        case s.Upon() if op in ("extended", "ended"):
            reads |= {EVENT, *filter(None, (instruction.event,))}
        case s.Upon():
            reads |= {EVENT, OUTCOME, *filter(None, (instruction.event,))}
        case s.Resolve() | s.Reject():
            reads |= {"@promise"}
        case s.NotUnderstood():
            reads = frozenset((*statement.reads, *statement.may_write))
            reads |= {"@promise"} if "promise" in statement.may_write else frozenset()
        case _:
            pass
    return reads, writes
