"""missing-task: what script can see is touched in parallel, with or without a task."""

import pytest

from bgsync.judge.structure import PROPERTIES, Finding, findings
from bgsync.judge.structure.text import structure
from bgsync.language import (
    Call,
    Enqueue,
    InParallel,
    ObjectType,
    Perform,
    Resolve,
    Spec,
    algorithm,
    steps,
    v,
)
from bgsync.language.statements import Steps
from bgsync.prose.page.reader import read_document
from bgsync.prose.reading import read_spec
from bgsync.prose.vocabulary import Vocabulary

BELL = """
<pre class="metadata">
Title: Bell
Shortname: bell
</pre>

Ringing {#ringing}
==================

<pre class=idl>
interface Bell { Promise<undefined> ring(DOMString tune); };
</pre>

The <dfn>bell queue</dfn> is the result of [=starting a new parallel queue=].

<div algorithm>
The <dfn method for=Bell>ring(|tune|)</dfn> method {head}:

{steps}
</div>

<div algorithm>
To <dfn>fall silent</dfn> with |done|:

1. [=Resolve=] |done|.
</div>
"""
PLAIN = "steps are"
HEAD = "must return [=a new promise=] |p| and run these steps [=in parallel=]"
QUEUED = "must return [=a new promise=] |p| and [=enqueue the following steps=] to the [=bell queue=]"
NEW = "1. Let |p| be [=a new promise=]."
END = "1. Return |p|."


def found(head: str, *lines: str) -> list[Finding]:
    text = BELL.replace("{head}", head).replace("{steps}", "\n".join(lines))
    reading = read_spec(read_document(text, "bell.bs"), Vocabulary())
    return [each for each in structure(reading) if each.property == "missing-task"]


def where(head: str, *lines: str) -> list[str]:
    return [f"{each.origin.algorithm} {each.origin.step}" for each in found(head, *lines)]


@pytest.mark.parametrize(
    "head",
    [
        HEAD,
        QUEUED,
        "must, [=in parallel=], return [=a new promise=] |p| and run these steps",
        "must return [=a new promise=] |p| and [=in parallel=] run these steps",
        "must return [=a new promise=] |p| and run these steps asynchronously",
        "must return [=a new promise=] |p| and asynchronously perform these steps",
    ],
)
def test_a_head_that_says_in_parallel_says_so_of_all_steps(head: str) -> None:
    (one,) = found(head, "1. If |tune| is sad, [=reject=] |p| with a {{TypeError}} and abort these steps.",
                   "1. [=Resolve=] |p|.")  # fmt: skip
    assert (one.level, one.origin.step) == ("error", "1")
    assert "so do 2" in one.message
    assert "head of ring" in one.message


@pytest.mark.parametrize(
    "block",
    [
        "1. Run these steps [=in parallel=]:",
        "1. [=In parallel=]:",
        "1. [=Enqueue the following steps=] to the [=bell queue=]:",
    ],
)
def test_steps_that_run_in_parallel_settle_no_promise(block: str) -> None:
    assert where(PLAIN, NEW, block, "    1. [=Resolve=] |p|.", END) == ["ring 2.1"]


@pytest.mark.parametrize(
    "task",
    [
        "[=Queue a task=] to [=resolve=] |p|.",
        "[=Queue a global task=] on the [=bell task source=] given |tune| to [=resolve=] |p|.",
        "[=Queue an element task=] on the [=bell task source=] given |tune| to [=resolve=] |p|.",
        "[=Queue a bell task=] with |tune| to [=resolve=] |p|.",
        "[=Queue a task=] on the [=bell task source=] to run these steps:\n        1. [=Resolve=] |p|.",
        "[=Queue a bell task=] with |tune| to run these steps:\n        1. [=Resolve=] |p|.",
        "[=Enqueue the following steps=] on |tune|'s [=responsible event loop=]:\n        1. [=Resolve=] |p|.",
        "Let the bell task queue take care of it as follows:\n        1. [=Resolve=] |p|.",
    ],
)
def test_a_task_may_settle_a_promise(task: str) -> None:
    assert where(PLAIN, NEW, "1. [=In parallel=]:", f"    1. {task}", END) == []
    assert where(PLAIN, NEW, "1. [=Enqueue the following steps=] to the [=bell queue=]:", f"    1. {task}", END) == []


def test_what_runs_on_the_event_loop_needs_no_task() -> None:
    assert where(PLAIN, NEW, "1. [=Resolve=] |p|.", '1. [=Fire an event=] named "rung" at [=this=].', END) == []
    beside = ("1. [=In parallel=]:", "    1. Wait for a minute.", "1. [=Resolve=] |p|.")
    assert where(PLAIN, NEW, *beside, END) == []
    reaction = "1. [=Upon fulfillment=] of |tune|, [=resolve=] |p|."
    assert where(PLAIN, NEW, "1. [=In parallel=]:", "    " + reaction, END) == []


def test_an_event_that_is_fired_and_an_object_that_is_made_in_parallel_are_found() -> None:
    event, made = '    1. [=Fire an event=] named "rung" at [=this=].', "    1. Let |b| be a new {{Bell}}."
    assert where(PLAIN, "1. [=In parallel=]:", event) == ["ring 1.1"]
    assert where(PLAIN, "1. [=In parallel=]:", made) == ["ring 1.1"]
    assert where(PLAIN, "1. [=In parallel=]:", "    1. Let |b| be a new [=list=].") == []
    assert where(PLAIN, "1. [=In parallel=]:", "    1. [=Queue a task=] to run these steps:", "    " + made) == []


def test_what_there_is_only_while_script_runs_is_not_asked_for_in_parallel() -> None:
    asks = "1. If the [=global object=] specified by the [=incumbent settings object=] is a {{Bell}}, return |p|."
    ((step, message),) = [(each.origin.step, each.message) for each in found(HEAD, asks)]
    assert (step, message.partition(" without")[0]) == ("1", "asks for the incumbent settings object")
    assert found(PLAIN, asks) == []


def test_an_algorithm_that_is_called_in_parallel_is_found_with_the_way_that_leads_there() -> None:
    (one,) = found(PLAIN, NEW, "1. [=In parallel=]:", "    1. [=Fall silent=] with |p|.", END)
    assert (one.origin.algorithm, one.origin.step) == ("fall silent", "1")
    assert "step 2.1 of ring calls 'fall silent'" in one.message
    assert where(PLAIN, NEW, "1. [=Fall silent=] with |p|.", END) == []
    in_task = "    1. [=Queue a task=] to run these steps:\n        1. [=Fall silent=] with |p|."
    assert where(PLAIN, NEW, "1. [=In parallel=]:", in_task, END) == []


def test_an_assertion_can_say_that_the_steps_run_in_parallel() -> None:
    assert where(PLAIN, NEW, "1. Assert: these steps are running [=in parallel=].", "1. [=Resolve=] |p|.") == ["ring 3"]
    assert where(PLAIN, NEW, "1. Assert: this is not running [=in parallel=].", "1. [=Resolve=] |p|.") == []


def test_a_block_that_is_not_understood_may_be_a_task() -> None:
    unread = "    1. Unless the clapper, by whatever means, has the bell ring:\n        1. [=Resolve=] |p|."
    assert where(PLAIN, NEW, "1. [=In parallel=]:", unread, END) == []


# the same, of what was built by hand

SHELF = ObjectType("bell", "", ())


def built(*bodies: Steps) -> list[str]:
    made = [algorithm(f"a{number}", ("p",), body, file="bell.py") for number, body in enumerate(bodies)]
    told = findings(Spec("Bell", "", SHELF, tuple(made), read=True))
    return [f"{each.origin.algorithm} {each.origin.step}" for each in told if each.property == "missing-task"]


def test_a_parallel_queue_and_a_task_are_told_apart() -> None:
    settles = steps(Resolve(v.p))
    assert built(steps(Perform("wait"), Enqueue("bells", settles))) == ["a0 2.1"]
    assert built(steps(Perform("wait"), Enqueue("bells", settles, task=True))) == []
    assert Enqueue("bells", settles) != Enqueue("bells", settles, task=True)


def test_calls_are_followed_as_far_as_they_go_and_round_in_circles() -> None:
    chain = built(
        steps(InParallel(steps(Call("a1", (v.p,))))), steps(Call("a2", (v.p,))), steps(Call("a1", (v.p,)), Resolve(v.p))
    )
    assert chain == ["a2 2"]


def test_the_property_is_explained() -> None:
    (rule,) = [each for each in PROPERTIES if each.id == "missing-task"]
    assert rule.sentence
    assert rule.why
