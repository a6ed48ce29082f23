"""What was once misread, each as a kind: what must be in the ledger, and what calls what."""

from __future__ import annotations

import random

import pytest

from bgsync.judge.structure.finding import Finding
from bgsync.judge.structure.text import structure
from bgsync.language import Spec, say, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose.ledger import Entry
from bgsync.prose.ledger import ledger as make_ledger
from bgsync.prose.page.reader import read_document
from bgsync.prose.reading import Reading, read_spec
from bgsync.prose.vocabulary import Vocabulary

HEAD = "<pre class=metadata>\nTitle: Mill\nMarkup Shorthands: markdown yes\n</pre>\n\n"
IDL = (
    "<xmp class=idl>\n"
    "interface Mill { Promise<undefined> grind(DOMString corn, optional long turns = 1); };\n"
    "partial interface Mill { boolean stop(DOMString why); };\n"
    "</xmp>\n\n"
)


def reading(text: str) -> Reading:
    return read_spec(read_document(HEAD + IDL + text, "mill.bs"), Vocabulary())


def ledger(text: str) -> list[Entry]:
    return list(make_ledger(reading(text), Vocabulary()).entries)


def unread(text: str) -> list[str]:
    return [f"{entry.sentence}: {entry.how}" for entry in ledger(text) if not entry.understood]


# --- nothing vanishes


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        ("To <dfn>oil a wheel</dfn>:\n\n: Input\n:: |wheel|, a wheel\n: Output\n:: none\n\n1. Return |wheel|.\n",
         "oil a wheel", ("wheel",)),
        ("<h3>Oil</h3>\n<dl><dt>Inputs<dd><var>a</var>, a wheel<dd><var>b</var></dl>\n"
         "<ol><li>Return <var>a</var>.</ol>\n",
         "Oil", ("a", "b")),
        ("When {{Mill/stop()}} is called, the user agent must run these steps:\n\n1. Return {{why}}.\n",
         "stop", ("why",)),
        ("The <a data-lt=stop>stop(|reason:DOMString|)</a> method runs these steps:\n\n1. Return |reason|.\n"
         "\n<h3><dfn>stop()</dfn></h3>\n", None, ()),
        ("The miller does this:\n\n1. Let |a| be 1.\n1. Return |a|.\n", None, ()),
    ],
)  # fmt: skip
def test_steps_are_read_with_what_they_are_given(text: str, name: str | None, parameters: tuple[str, ...]) -> None:
    algorithms = {part.name: part for part in reading(text).spec.algorithms}
    if name is not None:
        assert algorithms[name].parameters == parameters
    assert [part for part in algorithms.values() if part.steps]


def test_steps_after_a_note_belong_to_the_algorithm_before_it() -> None:
    (part,) = reading(
        "To <dfn>oil</dfn>:\n\n1. Let |a| be 1.\n\nNote: Oil is slippery.\n\n1. Return |a|.\n"
    ).spec.algorithms
    assert [type(each).__name__ for each in part.steps] == ["Let", "Return"]


@pytest.mark.parametrize(
    "text",
    [
        "<emu-alg>\n  1. Let _y_ be 1.\n</emu-alg>\n",
        "<dl><dt>a red wheel<dd><ol><li>Let |a| be 1.<li>Return |a|.</ol></dl>\n",
    ],
)
def test_steps_that_are_not_read_are_named_with_the_reason(text: str) -> None:
    assert any("not read: " in line for line in unread(text))


def test_a_table_below_a_step_is_no_step() -> None:
    text = "To <dfn>oil</dfn>:\n\n<ol><li>Let |a| be 1.\n<table><tr><td>set<td>|a|</table></ol>\n"
    (part,) = reading(text).spec.algorithms
    assert not any(isinstance(each, s.Set | s.Perform) for each in traversal.walk(part.steps))
    assert unread(text)


def test_a_test_list_is_no_part_of_a_sentence() -> None:
    text = "To <dfn>oil</dfn>:\n\n1. Throw a {{TypeError}}.\n    <wpt>\n    oil.html\n    </wpt>\n"
    (part,) = reading(text).spec.algorithms
    assert part.steps == (s.Throw("TypeError"),)


@pytest.mark.parametrize(
    "steps",
    [
        "1. If |a| is 1, then:\n1. Return |a|.\n",
        "1. For each |b| of |a|:\n1. Return |a|.\n",
        "1. Oil |a|.\n    1. Return |a|.\n",
        "1. Otherwise, return |a|.\n",
    ],
)
def test_steps_that_do_not_fit_what_is_above_them_make_it_not_understood(steps: str) -> None:
    assert unread(f"To <dfn>oil</dfn> given |a|:\n\n{steps}")


@pytest.mark.parametrize(
    "step", ["Set |a| to ².", "If |a| is an [=  =], return.", "[==] |a|.", "Let |a| be [=of=] |a|."]
)
def test_odd_signs_and_empty_links_are_read_or_not_and_break_nothing(step: str) -> None:
    assert ledger(f"To <dfn>oil</dfn> given |a|:\n\n1. {step}\n")


# --- calls


CALLED = (
    "<div algorithm>\nTo <dfn>oil a wheel</dfn> given |wheel|:\n\n1. Return.\n</div>\n\n"
    "<div algorithm>\nThe <dfn method for=Mill>stop(|why|)</dfn> method steps are:\n\n1. Return.\n</div>\n\n"
    "<div algorithm>\nTo <dfn>run dry</dfn> given |x|:\n\n"
)


def calls(sentence: str) -> list[str]:
    spec = reading(f"{CALLED}1. {sentence}\n</div>\n").spec
    return [each.algorithm for each in traversal.walk(spec.algorithm("run dry").steps) if isinstance(each, s.Call)]


@pytest.mark.parametrize(
    "sentence",
    ["If |x| stops |x|, return.", "If |x| stops, return.", "Let |y| be whether |x| oils wheels.", "Stop |x|."],
)
def test_a_word_that_is_like_a_name_calls_nothing(sentence: str) -> None:
    assert calls(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    ["[=Oil a wheel=] given |x|.", "Oil a wheel given |x|.", "Let |y| be the result of [=oiling a wheel=] with |x|."],
)
def test_a_link_or_the_defined_phrase_itself_is_a_call(sentence: str) -> None:
    assert calls(sentence) == ["oil a wheel"]


@pytest.mark.parametrize("sentence", ["[=Oil a wheel=].", "[=Oil a wheel=] given |x| and |x|."])
def test_arguments_that_do_not_fit_make_the_step_not_understood(sentence: str) -> None:
    assert any("takes 1 argument" in line for line in unread(f"{CALLED}1. {sentence}\n</div>\n"))


# --- closures and occasions


def test_what_ends_steps_that_run_later_ends_nothing_around_them() -> None:
    text = (
        "To <dfn>oil</dfn>:\n\n1. Let |later| be the following steps, given a |reason|:\n    1. Return.\n"
        "1. Let |held| be |later|.\n1. Return 2.\n"
    )
    (part,) = reading(text).spec.algorithms
    (later,) = [each for each in part.steps if isinstance(each, s.Whenever)]
    assert [type(each).__name__ for each in traversal.body_of(later)] == ["Let", "Return"]
    assert isinstance(part.steps[-1], s.Return)
    assert unread(text) == []


def test_what_happens_outside_makes_a_rule_that_may_run_while_its_condition_holds() -> None:
    text = "Whenever the wind turns, if the mill is open, the user agent must run these steps:\n\n1. Let |a| be 1.\n"
    (rule,) = reading(text).spec.rules
    assert (rule.machine, rule.trigger) == ("", "wind turns")
    assert isinstance(rule.steps[0], s.If)


def test_steps_that_stand_below_the_name_of_an_item_run_later() -> None:
    text = (
        "To <dfn>oil</dfn>:\n\n1. Let |request| be an [=oil request=] with the following [=items=]:\n"
        "    : [=oil request/amount=]\n    :: 2\n"
        "    : [=oil request/drop steps=], given |drop|\n    ::\n        1. Return |drop|.\n"
        "1. Return |request|.\n"
    )
    (part,) = reading(text).spec.algorithms
    made, later, last = part.steps
    assert isinstance(made, s.Let)
    assert made.value == e.New("oil request", (("amount", 2),))
    assert isinstance(later, s.Whenever)
    assert [type(each).__name__ for each in traversal.body_of(later)] == ["Let", "Return"]
    assert last == s.Return(e.Var("request"), origin=last.origin)
    assert unread(text) == []


def test_a_title_runs_the_steps_below_it() -> None:
    text = "To <dfn>oil</dfn>:\n\n1. Prepare the {}:\n    1. Let |a| be 1.\n1. Return |a|.\n"
    (part,) = reading(text.format("wheel")).spec.algorithms
    assert [type(each).__name__ for each in part.steps] == ["Let", "Return"]
    assert unread(text.format("wheel")) == []
    for governs in ("wheel while it turns", "wheel with these steps", "wheel twice, if it turns"):
        assert unread(text.format(governs))


def test_steps_below_a_loop_that_is_not_understood_are_those_of_a_loop() -> None:
    (part,) = reading("To <dfn>oil</dfn>:\n\n1. For each wheel which turns:\n    1. Let |a| be 1.\n").spec.algorithms
    (each,) = [one for one in traversal.walk(part.steps) if isinstance(one, s.ForEach)]
    assert [type(one).__name__ for one in traversal.walk((each,))] == ["ForEach", "Let"]


def test_what_is_told_as_follows_case_by_case_is_a_choice() -> None:
    text = (
        "To <dfn>oil</dfn> given |a|:\n\n1. Prepare the wheel as follows:\n    <dl>\n    <dt>If |a| is 1:\n"
        "    <dd>Return 2.\n    <dt>Otherwise\n    <dd>Return 3.\n    </dl>\n"
    )
    (part,) = reading(text).spec.algorithms
    assert [say(each) for each in part.steps] == ["if a is 1: return 2", "otherwise: return 3"]
    assert unread(text) == []


def test_an_algorithm_of_one_sentence_is_an_algorithm() -> None:
    text = (
        "The <dfn method for=Mill>stop(|why|)</dfn> method steps are to set |why| to null.\n\n"
        "To <dfn>oil</dfn> a |wheel| and a |shaft|, if |wheel| is null, then return; otherwise, set |shaft| to 1.\n\n"
        "The <dfn attribute for=Mill>open</dfn> getter steps are to return true.\n\n"
        "The <dfn method for=Mill>halt(|when|)</dfn> method must set |when| to null.\n"
    )
    stop, oil, halt = reading(text).spec.algorithms
    assert (stop.name, stop.parameters, [type(each) for each in stop.steps]) == ("stop", ("why",), [s.Set])
    assert (oil.name, oil.parameters, [type(each) for each in oil.steps]) == ("oil", ("wheel", "shaft"), [s.If, s.Else])
    assert (halt.name, halt.parameters, [type(each) for each in halt.steps]) == ("halt", ("when",), [s.Set])
    assert unread(text) == []


def test_what_two_methods_of_one_sentence_do_is_not_understood() -> None:
    text = (
        "The <dfn method for=Mill>stop(|why|)</dfn> method must set |why| to null, and the <dfn method for=Mill>go()"
        "</dfn> method must set |why| to 1.\n"
    )
    assert len(unread(text)) == 1


# --- reactions in a list


@pytest.mark.parametrize(
    ("fulfilled", "rejected"),
    [
        ("If |done| was fulfilled, then:", "If |done| was rejected, then:"),
        ("When fulfilled, run these steps:", "When rejected, run these steps:"),
        ("Upon fulfillment:", "Upon rejection:"),
        ("If it was fulfilled:", "Otherwise:"),
        ("When |done| is resolved with |v|:", "When |done| gets rejected with reason |r|:"),
    ],
)
def test_what_reacts_to_a_promise_case_by_case_is_a_reaction_for_each_outcome(fulfilled: str, rejected: str) -> None:
    below = f"    * {fulfilled}\n        1. Return 1.\n    * {rejected}\n        1. Return 2.\n"
    text = f"To <dfn>oil</dfn> given |done|:\n\n1. [=promise/React=] to |done|:\n{below}"
    (part,) = reading(text).spec.algorithms
    given = [f" with {bound}" if f"|{bound}|" in fulfilled + rejected else "" for bound in "vr"]
    assert [say(each) for each in part.steps] == [
        f"when done is fulfilled{given[0]}: return 1",
        f"when done is rejected{given[1]}: return 2",
    ]
    assert unread(text) == []


def test_a_case_that_is_for_another_promise_is_no_outcome_of_the_one_that_is_reacted_to() -> None:
    text = (
        "To <dfn>oil</dfn> given |done| and |other|:\n\n1. [=promise/React=] to |done|:\n"
        "    * If |other| was fulfilled:\n        1. Return 1.\n"
    )
    (part,) = reading(text).spec.algorithms
    assert isinstance(part.steps[0], s.Upon)
    assert part.steps[0].outcomes == ("fulfilled", "rejected")


# --- conditions in a list


@pytest.mark.parametrize(
    "opening",
    ["Return true if all of the following are true, and false otherwise", "If all of the following hold, return"],
)
def test_the_conditions_of_a_list_are_those_of_the_sentence_above_it(opening: str) -> None:
    text = f"To <dfn>oil</dfn> given |a| and |b|:\n\n1. {opening}:\n    * |a| is 1.\n    * |b| is 2.\n"
    (part,) = reading(text).spec.algorithms
    assert "a is 1 and b is 2" in say(part.steps[0])
    assert unread(text) == []
    assert unread(text.partition("    *")[0])


def test_conditions_and_then_steps_below_one_sentence_are_told_apart() -> None:
    text = (
        "<div algorithm>\nTo <dfn>oil</dfn> given |a| and |b|:\n<ol><li>If either of the following is true:\n"
        "<ol><li>|a| is 1.<li>|b| is 2.</ol>\nthen run the following steps:\n<ol><li>Return 3.</ol></ol>\n</div>\n"
    )
    (part,) = reading(text).spec.algorithms
    assert [say(each) for each in part.steps] == ["if a is 1 or b is 2: return 3"]
    assert unread(text) == []


def wrong(read: Reading) -> list[Finding]:
    """Give what is wrong in a text: that its IDL has methods without steps is a note."""
    return [each for each in structure(read) if each.level != "note"]


@pytest.mark.parametrize("condition", ["|a| is null, or its [=heat=] is 1", "|a| is not null, and its [=heat=] is 1"])
def test_what_is_said_to_be_its_is_that_of_what_the_condition_is_about(condition: str) -> None:
    said = "A <dfn>mill</dfn> has a <dfn for=mill>heat</dfn>.\n\nTo <dfn>oil</dfn> given |a|{}:\n\n1. If {}, return.\n"
    (part,) = reading(said.format("", condition)).spec.algorithms
    owners = {each.owner for each in e.parts(part.steps[0].condition) if isinstance(each, e.Field)}  # type: ignore[attr-defined]
    assert owners == {e.Var("a")}
    two = said.format(" and |b|", condition.replace("null", "|b|"))
    (open_,) = reading(two).spec.algorithms  # either may be meant
    assert not any(
        isinstance(each, e.Field) for step in open_.steps for x in traversal.expressions(step) for each in e.parts(x)
    )


OIL = "To <dfn>oil</dfn> given |job|:\n\n1. Return.\n"
QUEUE = (
    "A <dfn>job</dfn> has a <dfn for=job>name</dfn>, a string. A [=service worker registration=] has an associated "
    "<dfn>print queue</dfn>, a [=list=] of [=jobs=].\n\n"
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Within one [=print queue=] each [=job=] MUST have a unique [=name=].",
        "No two [=jobs=] in a [=print queue=] have the same [=name=].",
        "Within a [=print queue=], the [=names=] of the [=jobs=] are unique.",
        "Each [=job=] in a [=print queue=] has a unique [=name=].",
        "There MUST NOT be two [=jobs=] with the same [=name=] in a [=print queue=].",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_what_is_unique_in_a_list_is_declared_before_or_after_it_and_by_any_words(sentence: str, first: bool) -> None:
    def spec(said: str) -> Spec:
        return reading((f"{said}\n\n{QUEUE}" if first else f"{QUEUE}{said}\n\n") + OIL).spec

    assert spec(sentence).type.unique == "name"
    assert spec(sentence.replace("[=name", "[=colour")).type.unique is None
    assert spec(sentence.replace("[=print queue=]", "[=drawer=]")).type.unique is None
    assert unread(QUEUE + sentence.replace("[=print queue=]", "[=drawer=]") + "\n\n" + OIL) != []


# --- switches


@pytest.mark.parametrize(
    ("last", "found"),
    [("    : 3\n    :: Let |y| be 3.\n", []), ("    : 3\n    :: Oil |x|.\n", ["defined-before-use"])],
)
def test_the_cases_of_a_switch_are_all_that_there_are(last: str, found: list[str]) -> None:
    steps = "1. Switch on |x|:\n    : 1\n    :: Let |y| be 1.\n    : 2\n    :: Let |y| be 2.\n"
    read = reading(f"To <dfn>mill</dfn> given |x|:\n\n{steps}{last}1. Return |y|.\n")
    assert [each.property for each in wrong(read)] == found


# --- names


@pytest.mark.parametrize(
    ("step", "name", "meant"),
    [
        ("Throw an {{InvalidStatError}}.", "InvalidStatError", "InvalidStateError"),
        ("If |x| is {{Grain/rey}}, return.", "rey", "rye"),
        ('If |x| is {{Grain["barley"]}}, return.', "barley", ""),
    ],
)
def test_a_name_that_nothing_defines_is_found_and_its_sentence_not_understood(step: str, name: str, meant: str) -> None:
    enumeration = '<xmp class=idl>enum Grain { "rye", "oats" };</xmp>\n\n'
    read = reading(f"{enumeration}To <dfn>mill</dfn> given |x|:\n\n1. {step}\n")
    (found,) = [each for each in wrong(read) if each.property == "known-term"]
    assert found.message == f"nothing defines {name!r}" + (f"; did you mean {meant!r}?" if meant else "")
    assert [one.understood for one in read.sentences] == [False]


@pytest.mark.parametrize(
    "step", ["Throw a {{GrindingError}}.", "If |x| is {{Grain/rye}}, return.", "Throw an {{AbortError}}."]
)
def test_a_name_that_the_text_or_another_may_define_is_no_finding(step: str) -> None:
    enumeration = '<xmp class=idl>enum Grain { "rye", "oats" };</xmp>\n\n'
    read = reading(f"{enumeration}To <dfn>mill</dfn> given |x|:\n\n1. {step}\n")
    assert wrong(read) == []
    assert all(one.understood for one in read.sentences)


# --- one truth


STEPS = [
    "Let |a| be 1.", "If |a| is 1, return.", "If |a| is 2, then:", "For each |b| of |a|:", "Otherwise, set |a| to 2.",
    "Run these steps [=in parallel=]:", "Oil the mill with butter.", "Let |f| be the following steps:", "Return |a|.",
    "Queue a task to set |a| to 3.", "While |a| is 1:", "[=Resolve=] |p| with |a|.", "Note: this is a remark.",
]  # fmt: skip


def nested(draw: random.Random, depth: int = 0) -> str:
    lines = []
    for _ in range(draw.randint(1, 3)):
        lines.append("    " * depth + "1. " + draw.choice(STEPS))
        if depth < 3 and draw.random() < 0.4:
            lines.append(nested(draw, depth + 1))
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(60))
def test_what_the_ledger_calls_read_is_in_the_model(seed: int) -> None:
    text = f"To <dfn>oil</dfn> given |p|:\n\n{nested(random.Random(seed))}\n"
    read = reading(text)
    modelled = {each.origin.path for each in read.spec.statements() if each.origin}
    for entry in make_ledger(read, Vocabulary()).entries:
        if entry.in_steps and entry.status == "modelled" and entry.how != "runs the steps below":
            path = tuple(map(int, entry.where.rsplit(" ", 1)[1].split(".")))
            assert path in modelled, entry


def test_the_number_of_what_is_understood_falls_when_nesting_is_lost() -> None:
    steps = "1. If |a| is 1, then:\n    1. Let |b| be 2.\n    1. Return |b|.\n1. Return |a|.\n"
    text = f"To <dfn>oil</dfn> given |a|:\n\n{steps}"
    assert unread(text) == []
    assert unread(text.replace("    1.", "1."))


def test_a_link_to_a_member_of_an_interface_is_no_parameter_of_the_same_name() -> None:
    text = (
        "<div algorithm>\nTo <dfn>grind it</dfn> with |corn| and |sack|:\n\n"
        "1. Let the {{Sack/corn}} attribute of |sack| be initialized to a new {{Flour}} associated with |corn|.\n"
        "1. Set |sack|'s [=weight=] to {{Mill/grind(corn)/corn}}.\n</div>\n"
    )
    first, second = (entry.how for entry in ledger(text) if entry.understood and "set " in entry.how)
    assert first == "set sack's corn to a new Flour whose associated is corn"
    assert second == "set sack's weight to corn"


def test_what_is_put_at_the_front_is_not_read_as_put_anywhere() -> None:
    text = "To <dfn>oil</dfn> given |a| and |list|:\n\n1. {} |a| to |list|.\n1. Return |list|.\n"
    assert unread(text.format("Append")) == []
    assert unread(text.format("Prepend"))


# --- what is asked, and what is waited for


@pytest.mark.parametrize(("after", "sure"), [("1. Return 1.\n", False), ("", True)])
def test_what_ends_the_steps_when_something_is_so_is_not_waited_for_where_more_steps_follow(
    after: str, sure: bool
) -> None:
    text = f"To <dfn>oil</dfn> given |a|:\n\n1. Wait for a minute.\n1. When |a| is 1, abort these steps.\n{after}"
    assert (unread(text) == []) == sure


def test_an_algorithm_is_not_run_with_each_of_several_things_as_one() -> None:
    text = "To <dfn>oil</dfn> a |wheel|:\n\n1. Return |wheel|.\n\nTo <dfn>mend</dfn> |a|:\n\n1. [=Oil=] {} of |a|.\n"
    assert unread(text.format("the wheel")) == []
    assert unread(text.format("each wheel")) != []
