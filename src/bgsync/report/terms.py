"""The words that reports use and a newcomer may not know, each with what it means: `bgsync explain WORD`."""

TERMS = {
    "race": "It takes steps of several invocations that interleave: nothing is broken while each runs to its next "
    "wait.",
    "logic": "It happens also where every invocation runs to its next wait undisturbed: no interleaving is needed.",
    "structure": "The text shows it as it stands, without being explored; or no behaviour does what the text promises. "
    "The text shows it as it stands, without being explored; or no behaviour does what the text promises.",
    "holds": "Every state within the bounds was looked at, and none breaks it.",
    "violated": "There is a run that breaks it. The shortest one is told, and was replayed by an independent "
    "validator.",
    "vacuous": "Nothing ever happens that it speaks of, so it was never put to the test. Often a sign of a step that "
    "no run reaches.",
    "conditional": "It holds by one reading of the text, and is broken by another one; the message names the choice.",
    "inconclusive": "It is not decided: a bound was met, or it depends on a sentence that is not understood.",
    "cause": "A step that breaks something, and the step of another invocation (or the move of the environment) "
    "that it conflicts with. All that this pair breaks is told together.",
    "finding": "One way in which a property is broken: a pair of steps, and a shortest run that shows it.",
    "trace": "A run in the steps of the text, from the start to what is broken; each line says what changed.",
    "loop": "A run without end is told as a beginning and a part that goes on again and again.",
    "adversity": "Something unlucky outside of the text, such as a worker that is terminated. Each is switched on "
    "alone; what is broken only then is told apart.",
    "granularity": "What counts as one action: a single step (`step`), or an invocation up to its next wait "
    "(`algorithm`).",
    "step": "A granularity: every step of the text is an action of its own, and others may come between any two.",
    "algorithm": "A granularity: an invocation runs to its next wait as one action, and nobody comes between.",
    "environment": "What is outside of the text, as machines that move at will.",
    "base environment": "The environment without any adversity.",
    "bounds": "What was asked: how many tags, how many calls at once, which readings; `holds` means within them.",
    "tags": "A bound: how many different tags are registered. What is broken with one is broken with more.",
    "calls": "A bound: how many invocations are in flight at once.",
    "abort": "A bound: what `abort these steps` ends. `scope`: the innermost steps that were called or started "
    "apart; `list`: only the list in which it stands.",
    "termination": "A bound: whose script a termination aborts: a `handler`'s that goes on, or the `worker`'s.",
    "states": "How many different situations were looked at; as a bound, after how many an exploration ends.",
    "SHOULD": "What the text recommends. The user agent does it, except under the adversity `should`.",
    "MAY": "What the text leaves to the user agent: both are looked at.",
    "not understood": "The reader does not know what a sentence means. What depends on it is inconclusive.",
    "reached": "Some run takes the step. A step that none takes is dead, or guarded by what never is the case.",
    "invocation": "One run of an algorithm, such as one call of a method. Several are in flight at once.",
    "promise": "What a method gives its caller, and settles later: it is resolved or rejected.",
    "editorial": "The wording changed, and every step is read as it was.",
}
"""In the order of a reader's questions."""
