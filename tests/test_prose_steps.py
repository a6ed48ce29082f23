"""Numbered steps of invented specs, read as a whole: what stands where, and what calls what."""

import json

import pytest

from bgsync.language import say
from bgsync.language.statements import FireEvent, Statement, Upon
from bgsync.language.traversal import body_of
from bgsync.prose.ledger import ledger
from bgsync.prose.page.reader import read_document
from bgsync.prose.reading import Reading, read_spec
from bgsync.prose.vocabulary import Vocabulary
from tests.command import run
from tests.specs import PRINT_QUEUE


def reading(*steps: str) -> Reading:
    listed = "\n".join(steps)
    text = f"<div algorithm>\nTo <dfn>lend</dfn> a |book|, run these steps:\n\n{listed}\n</div>\n"
    return read_spec(read_document(text, "library.bs"), Vocabulary())


def outline(*steps: str) -> list[str]:
    """Say the steps of an algorithm, indented by how deep they stand."""
    (lend,) = reading(*steps).spec.algorithms
    return list(_outline(lend.steps, ""))


def _outline(body: tuple[Statement, ...], indent: str) -> list[str]:
    made = []
    for each in body:
        made += [indent + say(each).split(":")[0].split(" [")[0], *_outline(body_of(each), indent + "  ")]
    return made


def test_the_remaining_steps_are_those_that_come_after() -> None:
    said = outline("1. Let |a| be 1.", "1. Return |a|, and run the remaining steps in parallel:", "1. Set |a| to 2.")
    assert said == ["let a be 1", "in parallel", "  set a to 2", "return a"]


def test_steps_below_a_bare_line_are_done() -> None:
    assert outline("1. Do the following:", "    1. Set |book| to 1.", "1. Abort these steps.") == [
        "set book to 1",
        "abort these steps",
    ]


def test_an_abort_beside_a_task_ends_the_steps_and_not_the_task() -> None:
    assert outline("1. [=Queue a task=] to set |book| to 1, and abort these steps.", "1. Set |book| to 2.") == [
        "queue a task on event loop",
        "  set book to 1",
        "abort these steps",
        "set book to 2",
    ]


CASES = [
    "1. Switch on |book|'s [=place=]:",
    "   <dl class=switch>",
    "   <dt>[=shelf=]",
    "   <dt>[=desk=]",
    "   <dd>Set |n| to 1.",
    "   <dt>[=cellar=]",
    "   <dd>",
    "      1. Set |n| to 2.",
    "      1. Return.",
    "   <dt>Otherwise",
    "   <dd>Abort these steps.",
    "   </dl>",
    "1. Set |n| to 3.",
]


def test_the_first_case_that_applies_is_done_and_no_other() -> None:
    assert outline(*CASES) == [
        "if book's place is shelf or book's place is desk",
        "  set n to 1",
        "otherwise",
        "  if book's place is cellar",
        "    set n to 2",
        "    return",
        "  otherwise",
        "    abort these steps",
        "set n to 3",
    ]


def test_cases_are_conditions_where_no_subject_is_named_and_may_stand_in_bullets() -> None:
    said = outline(
        "1. If |n| is 0, run the first matching steps:",
        "   - If |book| is null, return.",
        "   - |book| is lost: set |n| to 2.",
        "   - Otherwise, set |n| to 1.",
    )
    assert said == [
        "if n is 0",
        "  if book is null",
        "    return",
        "  otherwise",
        "    if book is lost",
        "      set n to 2",
        "    otherwise",
        "      set n to 1",
    ]


def test_a_choice_without_cases_is_not_understood_and_a_case_without_a_condition_is_found() -> None:
    assert outline("1. Switch on |book|:") == ["not understood"]
    found = reading("1. Switch on |book|:", "   - Return.")
    assert [message for _, message, _ in found.nesting] == ["a case that names no condition"]
    assert list(_outline(found.spec.algorithms[0].steps, "")) == ["if case 1 applies", "  return"]


def test_where_a_word_is_lost_the_sentence_may_be_done_or_anything() -> None:
    assert outline("1. Remove |book| from |books| (unless it is lent).") == [
        "not understood",
        "  remove book from books",
    ]
    assert outline("1. Let |n| be 1 (but not always).") == [
        "not understood",
        "let n be Let n be 1 (but not always).",
    ]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            "While the result of [=count them=] with |book| is 1, set |n| to 2.",
            ["while true", "  let r", "  if r is not 1", "    break", "  set n to 2"],
        ),
        ("For each |x| of the result of [=count them=] with |book|: return.", ["let r", "for each x of r", "  return"]),
        (
            "For each |x| of |shelf| where the result of [=count them=] with |x| is 1: return.",
            ["for each x of shelf", "  let r", "  if r is 1", "    return"],
        ),
        (
            "Wait until the result of [=count them=] with |book| is 1.",
            ["while true", "  let r", "  if r is 1", "    break", "  wait until something changes"],
        ),
        (
            "Upon fulfillment of the result of [=count them=] with |book|: return.",
            ["let r", "when r is fulfilled", "  return"],
        ),
        (
            "If |n| is 1 or the result of [=count them=] with |book| is 1, return.",
            [
                *("let c be true if n is 1, otherwise false", "if c is false", "  let r"),
                *("  set c to true if r is 1, otherwise false", "if c is true", "  return"),
            ],
        ),
        (
            "Return 1 if |n| is 1, otherwise the result of [=count them=] with |book|.",
            ["let v be null", "if n is 1", "  set v to 1", "otherwise", "  let r", "  set v to r", "return v"],
        ),
    ],
)
def test_an_algorithm_runs_as_often_as_its_result_is_asked_for(step: str, said: list[str]) -> None:
    counting = "<div algorithm>\nTo <dfn>count them</dfn> with a |book|:\n\n1. Return 1.\n</div>\n"
    text = f"<div algorithm>\nTo <dfn>lend</dfn> a |book|, run these steps:\n\n1. {step}\n</div>\n{counting}"
    lend = read_spec(read_document(text, "library.bs"), Vocabulary()).spec.algorithm("lend")
    short = {"result of count them": "r", "what holds": "c", "the value": "v"}
    made = []
    for line in _outline(lend.steps, ""):
        for name, letter in short.items():
            line = line.replace(name, letter)
        made.append(line.split(" be the r given")[0])
    assert made == said


def test_a_parameter_that_is_not_given_has_its_default() -> None:
    given = "a |book|, a number |days| (default 14) and a boolean |quiet|, which defaults to false"
    text = f"<div algorithm>\nTo <dfn>lend</dfn> {given}, run these steps:\n\n1. Return.\n</div>\n"
    (lend,) = read_spec(read_document(text, "library.bs"), Vocabulary()).spec.algorithms
    assert list(_outline(lend.steps, "")) == [
        *("if days is null", "  set days to 14", "if quiet is null", "  set quiet to false", "return")
    ]


def test_a_default_of_the_interface_counts_for_its_method() -> None:
    text = (
        "<pre class=idl>\nPromise<Loan> lend(Book book, optional long days = 14, optional Options o = {});\n</pre>\n"
        "<div algorithm>\nThe <dfn method for=Desk>lend(|book|, |days|)</dfn> method steps are:\n\n1. Return.\n</div>\n"
    )
    (lend,) = read_spec(read_document(text, "library.bs"), Vocabulary()).spec.algorithms
    assert list(_outline(lend.steps, "")) == ["if days is null", "  set days to 14", "return"]


DECLARED = """
A <dfn>loan</dfn> has an associated <dfn>place</dfn>, which is one of <dfn>shelf</dfn> or <dfn>desk</dfn>, initially
[=shelf=], a <dfn>reader</dfn> (a string, initially "nobody") and an optional <dfn>due date</dfn>, a number. It also has
a <dfn>note</dfn>, a string. It is said to be <dfn>late</dfn> when nobody minds.
"""


def test_every_member_that_a_paragraph_defines_is_kept_with_what_is_said_of_it_alone() -> None:
    lexicon = read_spec(read_document(DECLARED, "library.bs"), Vocabulary()).lexicon
    members = {member.name: (member.values, member.initial) for member in lexicon.types["loan"].members}
    assert members == {
        "place": (("shelf", "desk"), "shelf"),
        "reader": (None, "nobody"),
        "due date": (None, None),
        "note": (None, None),
    }


PROSE = """
<pre class=metadata>
Title: Library
</pre>

# Readers # {#readers}

The user agent MUST offer a way for the user to close the desk.

The [=longest loan=] MUST be greater than or equal to the [=shortest loan=].

The user agent SHOULD limit the number of loans. The desk MUST NOT lend a book twice. The user agent MUST:

* Show who has a book. This is a courtesy.
* Remove a loan that was lost.

A book <dfn>should be returned</dfn> when the reader is done.
"""


def test_prose_that_no_step_carries_out_is_left_open_only_where_the_model_allows_more() -> None:
    read = read_spec(read_document(PROSE, "library.bs"), Vocabulary())
    entries = {entry.sentence: (entry.status, entry.how.split(";")[0]) for entry in ledger(read, Vocabulary()).entries}
    assert entries == {
        "This is a courtesy.": ("remark", "requires, allows and defines nothing by its words"),
        "The user agent MUST offer a way for the user to close the desk.": (
            *("abstracted", "what the user is shown or offered"),
        ),
        "The longest loan MUST be greater than or equal to the shortest loan.": ("abstracted", "bounds a number"),
        "The user agent SHOULD limit the number of loans.": ("abstracted", "limits what may be done"),
        "The desk MUST NOT lend a book twice.": ("not understood", "no part of the model says this"),
        "The user agent MUST:": ("abstracted", "requires what stands below it"),
        "Show who has a book.": ("abstracted", "what the user is shown or offered"),
        "Remove a loan that was lost.": ("not understood", "no part of the model says this"),
        "A book should be returned when the reader is done.": ("abstracted", "says what should be returned means"),
    }


ASK = """
<div algorithm>
To <dfn>ask whether it waits</dfn>, given a [=print job=] |job| and a promise |promise|:

1. [=Resolve=] |promise|.
1. Return whether |job|'s [=job state=] is [=queued=].
</div>
"""


def settles(text: str) -> str:
    asked = ("--property", "promise-settles", "--granularity", "algorithm", "--with", "skipped", "--format", "json")
    report = json.loads(run("check", "-", *asked, given=text).stdout)
    return str(next(each["verdict"] for each in report["verdicts"] if not each["needs"]))


@pytest.mark.parametrize(
    "use",
    [
        "Let |waits| be the result of [=ask whether it waits=] with |job| and |promise|.",
        "If the result of [=ask whether it waits=] with |job| and |promise| is true, set |alone| to true.",
        "Set |alone| to the result of [=ask whether it waits=] with |job| and |promise|.",
    ],
)
def test_an_algorithm_whose_result_is_used_is_run(use: str) -> None:
    asked = PRINT_QUEUE.replace("1. [=Resolve=] |promise|.", f"1. {use}") + ASK
    assert settles(PRINT_QUEUE) == settles(asked) == "holds"
    assert settles(asked.replace("1. [=Resolve=] |promise|.\n1. Return", "1. Return")) == "violated"


def test_the_properties_of_an_event_that_is_fired_under_a_condition_are_its_members() -> None:
    spec = reading(
        '1. If the |book| is lent, [=fire functional event=] "`lent`" using {{LentEvent}} on |book| '
        "with the following properties:",
        "    : {{LentEvent/book}}",
        "    :: |book|",
    ).spec
    (condition,) = spec.algorithms[0].steps
    (fired,) = body_of(condition)
    assert isinstance(fired, FireEvent)
    assert [name for name, _ in fired.members] == ["book"]


def test_what_represents_the_event_that_was_dispatched_is_a_name_of_it() -> None:
    spec = reading(
        '1. [=Fire functional event=] "`lent`" using {{LentEvent}} on |book|. Let |sent|, an {{ExtendableEvent}}, '
        "represent the dispatched [=lent event=].",
        "1. [=Upon fulfillment=] of |sent|'s [=extend lifetime promise=], set |done| to true.",
    ).spec
    fired, reaction = spec.algorithms[0].steps
    assert isinstance(fired, FireEvent)
    assert fired.bind == "sent"
    assert isinstance(reaction, Upon)
