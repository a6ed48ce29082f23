"""contradiction: an event whose handler waits for a call that is answered only when its firing is over.

A batch that fires holds its queue until the firing is over, and calls are answered on the same queue. A handler that
has its event wait for such a call waits for ever, if the firing waits for the event. Told as a note, since it rests on
how long a batch holds its queue (`--queue`).
"""

from __future__ import annotations

from collections.abc import Iterator

from bgsync.judge.structure.finding import NOTE, Finding, Known, place
from bgsync.judge.structure.loops import EXITS
from bgsync.judge.structure.walking import ASYNCHRONOUS, Body, visit
from bgsync.language import Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.system.closures import only_batch, queue_name


def waiting(spec: Spec, known: Known) -> Iterator[Finding]:
    """Find batches that fire, and wait for an event, on the queue on which calls are answered."""
    answered = dict[str, list[str]]()
    for method in spec.algorithms:
        if method.name in spec.methods and method.returns and only_batch(method.steps):
            queue = next(each for each in method.steps if isinstance(each, s.Enqueue)).queue
            answered.setdefault(queue_name(queue), []).append(method.name)
    lasting = {name for name, body in spec.bodies() if _waits_for_its_event(body)}
    for _, body in spec.bodies():
        for at in visit(body):
            called = at.statement
            apart = next((each for each in reversed(at.around) if isinstance(each, ASYNCHRONOUS)), None)
            if not (isinstance(called, s.Call) and called.algorithm in lasting and isinstance(apart, s.Enqueue)):
                continue
            queue = queue_name(apart.queue)
            if methods := answered.get(queue):
                message = (
                    f"if this batch holds the {queue} until the firing is over (--queue held), a handler whose event "
                    f"waits for its own call of {' or '.join(methods)} waits for ever: that is answered on the same "
                    "queue, and the firing does not end before its event does"
                )
                yield Finding("contradiction", message, place(called), NOTE)


def _waits_for_its_event(body: Body) -> bool:
    """Whether steps that fire go on until the event has settled, or for ever."""
    steps = [at for at in visit(body) if not any(isinstance(each, ASYNCHRONOUS) for each in at.around)]
    fires = next((n for n, at in enumerate(steps) if isinstance(at.statement, s.FIRES)), None)
    if fires is None:
        return False
    reacting = [each for at in visit(body) if isinstance(at.statement, s.Upon)
                for each in traversal.walk(traversal.body_of(at.statement))]  # fmt: skip
    told = {name for each in reacting for name in traversal.bound(each)}
    elsewhere = {name for at in visit(body) if all(at.statement is not each for each in reacting)
                 and not isinstance(at.statement, s.Let) for name in traversal.bound(at.statement)}  # fmt: skip
    for at in steps[fires + 1 :]:
        if isinstance(at.statement, s.WaitUntil) and not any(isinstance(each, s.If | s.Else) for each in at.around):
            read = e.variables(at.statement.condition)
            if read and read <= told - elsewhere:
                return True
    endless = [each for each in steps[fires].around if isinstance(each, s.While) and each.condition is True]
    return any(not any(isinstance(at.statement, EXITS) and loop in at.around for at in steps) for loop in endless)
