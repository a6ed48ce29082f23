# ruff: noqa: E501  # sentences stand on one line
"""Sentences of invented specs, and what each is read as: every form of every table at least once."""

from dataclasses import replace

import pytest

from bgsync.language import Member, ObjectType, say
from bgsync.language.statements import NotUnderstood, Statement, body_of
from bgsync.prose.algorithms import SentenceRead, StepsReader
from bgsync.prose.inline import read_back, sentence_of
from bgsync.prose.lexicon import Lexicon
from bgsync.prose.sentences import Following, Sentences
from bgsync.prose.sidecar import SidecarError
from bgsync.prose.spans import LONGEST
from bgsync.prose.words import words_of

LEXICON = Lexicon()
LEXICON.add_type(
    ObjectType("loan", "list of loans", (Member("loan state", ("out", "overdue", "returned")), Member("due date")))
)
LEXICON.lists["list of loans"] = "loan"
LEXICON.algorithms |= {"remind a reader": "remind a reader", "close the desk": "close the desk"}


def read(text: str, **given: str) -> SentenceRead:
    sentence = sentence_of(text)
    assert sentence is not None, text
    reader = StepsReader("lend", "library.bs", LEXICON, read_as=given)
    return reader.understand(sentence, reader.origin(sentence, (1,)))


def told(statements: tuple[Statement, ...]) -> str:
    """Say statements, with [] around what stands inside another, and a dot where steps follow."""
    return "; ".join("." if isinstance(each, Following) else _told(each) for each in statements)


def _told(each: Statement) -> str:
    body = body_of(each)
    bare = say(replace(each, body=()) if body else each)  # type: ignore[call-arg]
    return f"{bare} [{told(body)}]" if body else bare


SENTENCES = """
# let and set
Let |loan| be null. = let loan be null
Let |n|, a number, be 0. = let n be 0
Let |x| represent |loan|. = let x be loan
Let |x|, a [=loan=], represent the latest one. = note: x represents latest one
Let |a| be 1 and |b| be 2. = let a be 1; let b be 2
Let |a| be 1, |b| be 2. = let a be 1; let b be 2
Let |a|, |b|, and |c| be |parts|. = let a be parts[0]; let b be parts[1]; let c be parts[2]
Let the [=due date=] of |loan| be initialized to |day|. = set loan's due date to day
Let |loan|'s [=due date=] be initialized to |day|. = set loan's due date to day
Set |loan|'s [=loan state=] to [=overdue=]. = set loan's loan state to overdue
Set |loan|'s [=state=] to "overdue". = set loan's loan state to overdue
The |loan|'s [=loan state=] is set to [=overdue=]. = set loan's loan state to overdue
|n| becomes 2. = set n to 2
Set |map| for key |k| to |x|. = set map[k] to x
Set |map|[|k|] to |x|. = set map[k] to x
Set |a| and |b| to true. = set a to true; set b to true
Set |a| to 1, |b| to 2. = set a to 1; set b to 2
Set |a| to 1 and |b| to 2. = set a to 1; set b to 2
Set |a| and |b| to 1 and 2, respectively. = set a to 1; set b to 2
Change |loan|'s [=due date=] to |day|. = set loan's due date to day
Set |loan|'s [=lost flag=]. = set loan's lost flag to true
Unset |loan|'s [=lost flag=]. = set loan's lost flag to false
Increment |n|. = increment n by 1
Increase |n| by 2. = increment n by 2
Decrement |n|. = set n to n minus 1
Decrease |n| by 3. = set n to n minus 3
# lists
Append |loan| to |desk|'s [=list of loans=]. = add loan to desk's list of loans
|loan| is added to |desk|'s [=list of loans=]. = add loan to desk's list of loans
Remove |loan| from the [=list of loans=] of |desk|. = remove loan from desk's list of loans
Remove |loan| from |loans|, if it exists. = remove loan from loans
Remove |loan| from |loans|, if any. = remove loan from loans
Remove |loan| from |loans|, if |loan| is still in that list. = remove loan from loans
|loan| is removed from |loans|. = remove loan from loans
Remove |map|[|k|]. = remove map[k]
Remove all items from |loans|. = empty loans
Empty |loans|. = empty loans
# promises, ends
Resolve |p|. = resolve p
Resolve |p| with |x|. = resolve p with x
|p| is resolved with |x|. = resolve p with x
Reject |p|. = reject p with null
Reject |p| with a {{TypeError}}. = reject p with TypeError
Reject |p| with an "{{AbortError}}" {{DOMException}}. = reject p with AbortError
|p| is rejected with |e|. = reject p with e
Assert: |n| is 1. = assert: n is 1
Abort. = abort these steps
Abort the rest of these steps. = abort these steps
Stop running this algorithm. = abort these steps
Return. = return
Return |x|. = return x
Return |a|, |b|, and |c|. = return « a, b, c »
Throw a {{RangeError}}. = throw RangeError
Continue. = continue
Continue with the next loan. = continue
Skip to the next loan. = continue
Break. = break
Exit out of the loop. = break
Proceed with the following steps. = note: the steps go on
Wait until |n| is 1. = wait until n is 1
Wait for |n| to become 1. = wait until n is 1
Wait for the reader to answer. = wait until reader to answer
Wait a few days. = wait few days
Dispatch |e| at |desk|. = dispatch e at desk
Dispatch |e|. = dispatch e
Create a trusted event |e| that uses the {{LoanEvent}} interface, with the type lend. = let e be a new LoanEvent; note: with type lend
Create an event |e| which uses the {{LoanEvent}} interface, with the type lend. = let e be a new LoanEvent; note: with type lend
Create a new [=loan=], |loan|. = let loan be a new loan
Run [=close the desk=]. = close the desk
[=Remind a reader=] for |loan|. = remind a reader for loan
[=Ring=] |bell|. = ring for bell
That is the end of it. = note: That is end of it
For example the late ones. = note: For example late ones
Thus nothing is lent. = note: Thus nothing is lent
# values
Let |x| be the [=loan=] in |loans| whose [=due date=] is |day|, or null. = let x be the item of loans whose due date is day, or null
Let |x| be the first [=loan=] in |loans| whose [=due date=] is equal to |day|, if any. = let x be the item of loans whose due date is day, or null
Let |x| be the [=loan=] of |loans| with [=due date=] |day|. = let x be the item of loans whose due date is day, or null
Let |x| be the instance of {{Loan}} in |loans| whose [=due date=] equals |day|. = let x be the item of loans whose due date is day, or null
Let |x| be the instance of {{Loan}} in |loans| whose [=due date=] is equal to |day|. = let x be the item of loans whose due date is day, or null
Let |x| be |loan|'s [=due date=], or null if there is no such [=loan=]. = let x be loan's due date
Let |x| be |a|, if it exists, else null. = let x be a
Let |x| be |a|, if one exists or null otherwise. = let x be a
Let |x| be |a|, if any, or null. = let x be a
Let |x| be |a|, if any, or null otherwise. = let x be a
Let |x| be |a|, or null if none exists. = let x be a
Let |x| be |a|, or null if there is none. = let x be a
Let |x| be |a|, or null if it does not exist. = let x be a
Let |x| be |a|, or null if no such [=loan=] exists. = let x be a
Let |x| be |a|, or null otherwise. = let x be a
Let |x| be |a|, if there is one, otherwise null. = let x be a
Let |x| be |a|, if it exists, null otherwise. = let x be a
Let |x| be |a|, if it does, null otherwise. = let x be a
Let |x| be |a|, null otherwise. = let x be a
Let |x| be 1 if |a| is true, otherwise 2. = let x be 1 if a is true, otherwise 2
Let |x| be 1 if |a| is true and 2 otherwise. = let x be 1 if a is true, otherwise 2
Let |x| be 1 if |a| is true and 2 if not. = let x be 1 if a is true, otherwise 2
Let |x| be 1 if |a| is true, or 2 if |a| is false. = let x be 1 if a is true, otherwise 2
Let |x| be 1 if |a| is true, or 2 if |a| is not true. = let x be 1 if a is true, otherwise 2
Let |x| be 1 unless |a| is true, in which case 2. = let x be 2 if a is true, otherwise 1
Let |x| be |a| if present, otherwise |b|. = let x be a if a is not null, otherwise b
Let |x| be |a| if it is not null, otherwise |b|. = let x be a if a is not null, otherwise b
Let |x| be |a| if it is not 2, otherwise |b|. = let x be a if a is not 2, otherwise b
Let |x| be |a| + |b| - |c|. = let x be a + b minus c
Let |x| be |a| * |b|. = let x be a times b
Let |x| be |a| multiplied by |b|. = let x be a times b
Let |x| be |a| divided by |b|. = let x be a divided by b
Let |x| be the sum of |a| and |b|. = let x be a + b
Let |x| be the difference between |a| and |b|. = let x be a minus b
Let |x| be |a| + |loan|'s [=due date=]. = let x be a + loan's due date
Let |x| be |a| - (|b| - |c|). = let x be a minus (b minus c)
Let |x| be the result of [=counting=] |a| and |b|. = let x be the result of counting given a and b
Let |x| be the result of [=counting=] |a| with |b|. = let x be the result of counting given a and b
Let |x| be the result of running [=counting=] given |a| and with |b|. = let x be the result of counting given a and b
Let |x| be the result of running the algorithm [=counting=] with |a| as arguments. = let x be the result of counting given a
Let |x| be the result of the [=counting=] algorithm passing arguments |a|. = let x be the result of counting given a
Let |x| be the result of invoking the {{Loan}} constructor with |a|. = let x be the result of Loan given a
Let |x| be |desk|'s result of [=counting=]. = let x be the result of counting given desk
Let |x| be the result of [=counting=] given old books. = let x be the result of counting given old books
Let |x| be the value of |a|. = let x be a
Let |x| be a copy of |loan|'s [=due date=]. = let x be the result of a copy given loan's due date
Let |x| be the [=due date=] associated with |loan|. = let x be loan's due date
Let |x| be the [=due date=] of |shelf|'s [=loan=]. = let x be shelf's loan's due date
Let |x| be the [=desk=] these steps were called with. = let x be the associated desk
Let |x| be this [=desk=]. = let x be the associated desk
Let |x| be the empty string. = let x be the empty string
Let |x| be an empty list. = let x be an empty list
Let |x| be a new list. = let x be an empty list
Let |x| be a list containing |a| and |b|. = let x be « a, b »
Let |x| be « |a|, |b| ». = let x be « a, b »
Let |x| be « ». = let x be an empty list
Let |p| be a new promise. = let p be a new promise
Return a promise rejected with a {{TypeError}}. = return the result of a promise rejected with given TypeError
Return a promise resolved with |x|. = return the result of a promise resolved with given x
Let |x| be a new [=loan=]. = let x be a new loan
Let |x| be a new {{Loan}} object associated with |desk|. = let x be a new Loan whose associated is desk
Let |x| be a new [=loan=] with the following members: = let x be a new loan with the following members
Let |x| be a new {{Loan}} object with the following: = let x be a new Loan with the following members
Let |x| be a new {{Loan}} in |realm|. = let x be a new Loan whose realm is realm
Let |x| be a new {{Loan}} in |realm|, with its [=due date=] set to |day|. = let x be a new Loan whose realm is realm and whose due date is day
Let |x| be a new [=loan=] whose [=due date=] is |day| and whose [=fee=] is 2, [=tax=] is 1. = let x be a new loan whose due date is day and whose fee is 2 and whose tax is 1
Let |x| be a timestamp representing now. = let x be now
Let |x| be the current time. = let x be now
Let |x| be the current date and time. = let x be now
Let |x| be now. = let x be now
Let |x| be infinity. = let x be infinity
Let |x| be some user agent defined span. = let x be user agent defined span
Let |x| be an implementation-defined span. = let x be span
Let |x| be |loan| [=due date=]. = let x be loan's due date
Let |x| be the [=loan=] |first|. = let x be first
Let |x| be [=fee for a loan=] |first|. = let x be the result of fee for a loan given first
Let |x| be {{LoanState}} "out". = let x be out
[=Set up=] |x| given the {{ReadError}} exception. = set up for x and ReadError
# conditions
If |a| is true, abort. = if a is true [abort these steps]
If |n| is 1, 2 or 3, abort. = if n is 1 or n is 2 or n is 3 [abort these steps]
If |n| is 1 or 2 or 3, abort. = if n is 1 or n is 2 or n is 3 [abort these steps]
If |n| is not 1 or 2, abort. = if it is not the case that (n is 1 or n is 2) [abort these steps]
If |n| is neither 1 nor 2, abort. = if it is not the case that (n is 1 or n is 2) [abort these steps]
If |n| is not 1, 2 nor 3, abort. = if it is not the case that (n is 1 or n is 2 or n is 3) [abort these steps]
If |n| is one of 1, 2, and 3, abort. = if n is 1 or n is 2 or n is 3 [abort these steps]
If |n| is either of 1 or 2, abort. = if n is 1 or n is 2 [abort these steps]
If |n| is not any of 1 and 2, abort. = if it is not the case that (n is 1 or n is 2) [abort these steps]
If |n| is not one of 1 or 2, abort. = if it is not the case that (n is 1 or n is 2) [abort these steps]
If |n| is none of 1 and 2, abort. = if it is not the case that (n is 1 or n is 2) [abort these steps]
If |loan| is a {{Loan}}, abort. = if loan is a Loan [abort these steps]
If |loan| is not a {{Loan}}, abort. = if it is not the case that loan is a Loan [abort these steps]
If |loan| is no longer [=lendable=], abort. = if it is not the case that loan is lendable [abort these steps]
If |loan|'s [=state=] is not yet [=overdue=], abort. = if loan's loan state is not overdue [abort these steps]
If |a| equals |b|, abort. = if a is b [abort these steps]
If |a| is equal to |b|, abort. = if a is b [abort these steps]
If |a| is the same as |b|, abort. = if a is b [abort these steps]
If |a| is set to |b|, abort. = if a is b [abort these steps]
If |a| does not equal |b|, abort. = if a is not b [abort these steps]
If |a| is not equal to |b|, abort. = if a is not b [abort these steps]
If |a| is not the same as |b|, abort. = if a is not b [abort these steps]
If |a| is different from |b|, abort. = if a is not b [abort these steps]
If |a| differs from |b|, abort. = if a is not b [abort these steps]
If |map|[|k|] exists, abort. = if map[k] is not null [abort these steps]
If |a| is given, abort. = if a is not null [abort these steps]
If |a| does not exist, abort. = if a is null [abort these steps]
If |a| is not present, abort. = if a is null [abort these steps]
If |a| is missing, abort. = if a is null [abort these steps]
If |loan|'s [=lost flag=] is set, abort. = if loan's lost flag is true [abort these steps]
If |loan|'s [=lost flag=] is unset, abort. = if loan's lost flag is false [abort these steps]
If |loan|'s [=lost flag=] is not set, abort. = if loan's lost flag is false [abort these steps]
If |loans| is empty, abort. = if loans is an empty list [abort these steps]
If |loans| is not empty, abort. = if loans is not an empty list [abort these steps]
If |loan| is still in |loans|, abort. = if loan is in loans [abort these steps]
If |loan| is not in |loans|, abort. = if loan is not in loans [abort these steps]
If |loan| is no longer in |loans|, abort. = if loan is not in loans [abort these steps]
If |loan| exists in |loans|, abort. = if loan is in loans [abort these steps]
If |loan| does not exist in |loans|, abort. = if loan is not in loans [abort these steps]
If |loan| is part of |loans|, abort. = if loan is in loans [abort these steps]
If |loan| is never part of |loans|, abort. = if loan is not in loans [abort these steps]
If |loan| is no longer an item of |loans|, abort. = if loan is not in loans [abort these steps]
If |loans| contains |loan|, abort. = if loan is in loans [abort these steps]
If |loans| does not contain |loan|, abort. = if loan is not in loans [abort these steps]
If |n| is greater than 2, abort. = if n is greater than 2 [abort these steps]
If |n| is less than 2, abort. = if n is less than 2 [abort these steps]
If |n| is not greater than 2, abort. = if it is not the case that n is greater than 2 [abort these steps]
If |n| is not less than 2, abort. = if it is not the case that n is less than 2 [abort these steps]
If |n| is greater than or equal to 2, abort. = if n is at least 2 [abort these steps]
If |n| is less than or equal to 2, abort. = if n is at most 2 [abort these steps]
If |n| is at least 2, abort. = if n is at least 2 [abort these steps]
If |n| is at most 2, abort. = if n is at most 2 [abort these steps]
If |n| exceeds 2, abort. = if n is greater than 2 [abort these steps]
If |n| does not exceed 2, abort. = if n is at most 2 [abort these steps]
If |n| > 2, abort. = if n is greater than 2 [abort these steps]
If |n| &lt; 2, abort. = if n is less than 2 [abort these steps]
If |loan| is associated with the same [=desk=] as |other|, abort. = if loan's desk is other [abort these steps]
If |n| is not null and equal to 2, abort. = if n is not null and n is 2 [abort these steps]
If |n| is null or is 2, abort. = if n is null or n is 2 [abort these steps]
If |a| is 1 and |b| is 2 or |c| is 3, abort. = if a is 1 and b is 2 or c is 3 [abort these steps]
If |a| is 1 or |b| is 2 and |c| is 3, abort. = if a is 1 or b is 2 and c is 3 [abort these steps]
If |a| is 1 or |b| is 2, and |c| is 3, abort. = if (a is 1 or b is 2) and c is 3 [abort these steps]
If |a| is 1, or if |b| is 2, abort. = if a is 1 or b is 2 [abort these steps]
If |a| is 1, |b| is 2, |c| is 3, or |d| is 4, abort. = if a is 1 or b is 2 or c is 3 or d is 4 [abort these steps]
If |a| is 1, |b| is 2, |c| is 3, and |d| is 4, abort. = if a is 1 and b is 2 and c is 3 and d is 4 [abort these steps]
If (|a| is 1 or |b| is 2) and |c| is 3, abort. = if (a is 1 or b is 2) and c is 3 [abort these steps]
If it is not the case that |a| is 1, abort. = if a is not 1 [abort these steps]
If it is the case that |a| is 1, abort. = if a is 1 [abort these steps]
If the user agent is [=closed=], abort. = if the user agent is closed [abort these steps]
If the user agent is not [=closed=], abort. = if it is not the case that the user agent is closed [abort these steps]
If there are no [=open desks=], abort. = if open desks is an empty list [abort these steps]
If there is a [=open desk=], abort. = if open desk is not an empty list [abort these steps]
If neither |a| is 1 nor |b| is 2, abort. = if it is not the case that (a is 1 or b is 2) [abort these steps]
If [=counting=] |a| returns 2, abort. = if the result of counting given a is 2 [abort these steps]
If |loan| [=should be renewed=], abort. = if loan should be renewed [abort these steps]
If |loan| [=matches=] |other|, abort. = if loan matches other [abort these steps]
If |ready|, abort. = if ready is true [abort these steps]
If [=closed=], abort. = if the user agent is closed [abort these steps]
If the reader has left the building, abort. = if reader has left building [abort these steps]
While true: = while true [.]
While false, abort. = while false [abort these steps]
# control
If any of the following conditions are true: = if any of the following are true [.]
If all of the following are true: = if all of the following are true [.]
If |a| is 1, then: = if a is 1 [.]
If |a| is 1: = if a is 1 [.]
If |a| is 1, set |b| to 2 and abort. = if a is 1 [set b to 2; abort these steps]
If |a| is 1 then set |b| to 2. = if a is 1 [set b to 2]
If |a| is 1 set |b| to 2. = if a is 1 [set b to 2]
If |a| is 1, abort, otherwise, return. = if a is 1 [abort these steps]; otherwise [return]
If |a| is 1 then abort; otherwise return. = if a is 1 [abort these steps]; otherwise [return]
If |a| is 1, set |b| to 2, otherwise to 3. = if a is 1 [set b to 2]; otherwise [set b to 3]
If |a| is 1, if |b| is 2, abort, otherwise return. = if a is 1 [if b is 2 [abort these steps]; otherwise [return]]
Unless |a| is 1, abort. = if a is not 1 [abort these steps]
Unless |a| is 1: = if a is not 1 [.]
Otherwise: = otherwise [.]
Else remove |loan| from |loans|. = otherwise [remove loan from loans]
Otherwise, if |a| is 1, abort. = otherwise [if a is 1 [abort these steps]]
Abort if |a| is 1. = if a is 1 [abort these steps]
Abort only if |a| is 1. = if a is 1 [abort these steps]
Abort unless |a| is 1. = if a is not 1 [abort these steps]
Abort unless |a| is 1, in which case return. = if a is 1 [return]; otherwise [abort these steps]
Abort if |a| is 1, otherwise return. = if a is 1 [abort these steps]; otherwise [return]
Set |b| to 1 and abort if |a| is 1. = set b to 1; if a is 1 [abort these steps]
Let |a| be |b|, and if |a| is 1, abort. = let a be b; if a is 1 [abort these steps]
Let |a| be |b|, and then if |a| is 1, abort. = let a be b; if a is 1 [abort these steps]
While |a| is 1: = while a is 1 [.]
While |a| is 1, increment |a|. = while a is 1 [increment a by 1]
For |x| of |loans|: = for each x of loans [.]
For each |x| of |loans|: = for each x of loans [.]
For each |x| of |loans|, in any order: = for each x of loans, in any order [.]
For each |x| of |loans|, in any order, abort. = for each x of loans, in any order [abort these steps]
For each |x| of |loans| in parallel: = for each x of loans, in any order [.]
For each |x| of |loans|, run these steps in parallel: = for each x of loans, in any order [.]
For each [=loan=] |x| in |loans|, abort. = for each x of loans [abort these steps]
For each [=loan=] |x|, abort. = for each x of list of loans [abort these steps]
For each |x| of |loans| whose [=due date=] is |day|, abort. = for each x of loans where x's due date is day [abort these steps]
For each |x| of |loans| that is not [=lendable=], abort. = for each x of loans where it is not the case that x is lendable [abort these steps]
For each |x| of |loans| for which |a| is 1, abort. = for each x of loans where a is 1 [abort these steps]
For each |x| of |loans| whose reader has left, abort. = for each x of loans where reader has left [abort these steps]
For each |x| of |loans| except |y|, abort. = for each x of loans where x is not y [abort these steps]
For each |x| of |loans| other than |y|, abort. = for each x of loans where x is not y [abort these steps]
For each |x| of |loans|, enqueue the following steps to |queue|: = for each x of loans [enqueue to queue [.]]
[=Remind a reader=] for each [=loan=] whose [=due date=] is |day|. = for each loan of list of loans where loan's due date is day [remind a reader for loan]
Remove |x| from |shelf| for each |x| of |loans|. = for each x of loans [remove x from shelf]
Then abort. = abort these steps
Once |a| is 1, abort. = wait until a is 1; abort these steps
When/if |a| is 1, abort. = wait until a is 1; abort these steps
Once |a| is 1: = wait until a is 1; .
Whenever |a| is 1, abort. = whenever a is 1 [abort these steps]
Whenever |a| is 1: = whenever a is 1 [.]
The user agent MAY abort these steps. = if user agent may abort these steps [abort these steps]
The user agent SHOULD abort these steps. = if user agent should abort these steps [abort these steps]
The user agent MUST abort these steps. = abort these steps
Must abort these steps. = abort these steps
Set |a| to 1, and then abort. = set a to 1; abort these steps
Set |a| to 1, then abort. = set a to 1; abort these steps
Set |a| to 1, set |b| to 2, and abort. = set a to 1; set b to 2; abort these steps
If |a| is 1, abort; set |b| to 2. = if a is 1 [abort these steps]; set b to 2
Abort, since the loan is over. = abort these steps; note: loan is over
Abort, in order to spare readers. = abort these steps; note: to spare readers
# reactions
Upon fulfillment of |p|, abort. = when p is fulfilled [abort these steps]
Upon rejection of |p|: = when p is rejected [.]
Upon rejection of |p| with reason |r|, abort. = when p is rejected with r [abort these steps]
Upon rejection of |p|, or if the worker was terminated, abort. = when p is rejected or terminated [abort these steps]
Upon rejection of |p|, or if the worker was terminated: = when p is rejected or terminated [.]
When |p| is settled, abort. = when p is fulfilled or rejected [abort these steps]
If |p| was fulfilled: = when p is fulfilled [.]
If |p| is rejected with |r|, abort. = when p is rejected with r [abort these steps]
If |p| is rejected with |r|: = when p is rejected with r [.]
When |p| is terminated, abort. = when p is terminated [abort these steps]
When |p| is fulfilled or rejected, abort. = when p is fulfilled or rejected [abort these steps]
React to the fulfilment of |p| with the following steps: = when p is fulfilled [.]
React to rejection fulfillment of |p| by these steps: = when p is fulfilled [.]
In parallel: = in parallel [.]
In parallel, abort. = in parallel [abort these steps]
Abort in parallel. = in parallel [abort these steps]
Atomically: = atomically [.]
Atomically, abort. = atomically [abort these steps]
Queue a task to abort. = enqueue to event loop [abort these steps]
Queue a lending task |t| to abort. = let t be this task; enqueue to event loop [abort these steps]
Queue a task on |loop| to abort. = enqueue to loop [abort these steps]
Queue a task on |loop| using the lending source to abort. = enqueue to loop [abort these steps]
Queue a task using |source| to abort. = enqueue to source [abort these steps]
Enqueue the following steps to |queue|: = enqueue to queue [.]
Enqueue steps to |queue| to abort. = enqueue to queue [abort these steps]
Enqueue to |queue|: abort. = enqueue to queue [abort these steps]
Enqueue to |queue|: = enqueue to queue [.]
To [=handle=] |loan|, run these steps: = whenever loan is handle [.]
Run these steps. = .
Run these steps in parallel: = in parallel [.]
Run these steps in order: = .
Perform the following steps atomically: = atomically [.]
Atomically perform the following steps: = atomically [.]
In parallel, run these steps: = in parallel [.]
Run these steps with |e|: = .
Run these steps with |e| in parallel: = in parallel [.]
Fire functional event "lend". = fire functional event lend
Fire functional event "lend" using {{LoanEvent}} on |desk| for |loan| with [=due date=] set to |day|. = fire functional event lend for loan on desk with due date set to day
Fire functional event "lend" using |kind|, and on |desk|. = fire functional event lend on desk with interface set to kind
Fire functional event "lend" on |desk| with the following properties: = fire functional event lend on desk; withmembers
Fire functional event "lend" on |desk|, then with |e|. = fire functional event lend on desk, then with e
Fire functional event "lend", then with |e|. = fire functional event lend, then with e
Fire an event named "lend" at |desk|. = fire an event for lend and desk
Fire an event named "lend" on |desk| for |loan|. = fire an event for lend and desk and loan
Invoke [=Handle Functional Event=] with |loan| and the following steps as arguments. = handle functional event for loan [.]
Handle functional event for |loan|. = handle functional event for loan [.]
"""

EXAMPLES = [line.rsplit(" = ", 1) for line in SENTENCES.splitlines() if " = " in line]


@pytest.mark.parametrize(("sentence", "meant"), EXAMPLES, ids=[sentence for sentence, _ in EXAMPLES])
def test_a_sentence_is_read_as(sentence: str, meant: str) -> None:
    one = read(sentence)
    assert told(one.statements) == meant
    assert one.understood, (one.unread, one.lost)


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def test_every_form_is_used_by_some_example() -> None:
    used: set[tuple[str, int]] = set()
    for sentence in (*(sentence for sentence, _ in EXAMPLES), *_lines(NOT_UNDERSTOOD)):
        found = sentence_of(sentence)
        assert found is not None
        words = words_of(found)
        parser = Sentences(words, LEXICON)
        parser.parse("statement", 0, len(words))
        for (category, _, _), result in parser.derivation("statement", 0, len(words)):
            if result.form is not None and category in Sentences.categories:
                used.add((category, result.form.rank))
        used |= {
            (category, form.rank)
            for category, plainer in parser.plainer.items()
            if plainer != category
            for form in Sentences.categories[category].forms
            if form.build == 0 and form.least == 1
        }
    patterns = {(category, form.pattern) for category, table in Sentences.categories.items() for form in table.forms}
    matched = {(category, Sentences.categories[category].forms[rank].pattern) for category, rank in used}
    assert sorted(patterns - matched) == []


@pytest.mark.parametrize("sentence", [sentence for sentence, _ in EXAMPLES])
def test_a_sentence_is_read_back_as_it_was_read(sentence: str) -> None:
    assert read_back(read(sentence), LEXICON)


NOT_UNDERSTOOD = """
Borrow |loan| until the desk closes.
Set |loan|'s [=due date=] to |day|, which counts from noon.
Set |x| to a copy of |loan| except for its [=due date=].
Set |x| to |y| (unless the desk is closed).
Let |x| be |y|, but not for |z|.
If |a| is 1, abort, and if |b| is 2, return.
If |a| is 1, 2, abort.
If |a| is 1, if |b| is 2, abort, otherwise the desk is closed for a while.
Run these steps, but abort when |x| is true:
Set |a| to 1, |b|.
Remove everything but |loan| from |loans|.
Let |x| be the third [=loan=] that |y| wanted.
For each |x| of |loans| and its due dates, abort.
Add |loan|.
Wait until.
If, then abort.
"""


@pytest.mark.parametrize("sentence", _lines(NOT_UNDERSTOOD))
def test_what_is_not_understood_says_so(sentence: str) -> None:
    assert not read(sentence).understood


@pytest.mark.parametrize(
    "sentence",
    [
        "If the reader is away, set |x| to 1.",
        "If the reader is away then set |x| to 1.",
        "If the reader is away set |x| to 1.",
        "If the reader is away, then set |x| to 1 and abort.",
    ],
)
def test_a_condition_in_its_own_words_never_swallows_what_is_to_be_done(sentence: str) -> None:
    (only,) = read(sentence).statements
    assert say(replace(only, body=())) == "if reader is away"  # type: ignore[call-arg]
    assert body_of(only)


def test_hostile_sentences_are_given_up_in_time() -> None:
    long = "Set |x| to " + "a copy of " * 2000 + "|y|."
    commas = "If " + ", ".join(f"|a{n}| is {n} or |b| of |c|'s [=d=] and |e|" for n in range(13)) + ", abort."
    brackets = "Let |x| be " + "(" * 60 + "|y|" + ")" * 60 + "."
    assert len(long.split()) > LONGEST
    for sentence in (long, commas, brackets, "If if if if if if if.", "of of 's of, and or if, then of."):
        found = read(sentence)
        assert found.cost >= 0
    assert isinstance(read(long).statements[0], NotUnderstood)


def test_a_sentence_is_read_as_its_sidecar_says() -> None:
    sentence = "Frob |loan| by noon."
    key = read(sentence).origin.key
    found = read(sentence, **{key: "set |loan|'s [=loan state=] to [=overdue=]"})
    assert found.annotated
    assert found.understood
    assert told(found.statements) == "set loan's loan state to overdue"
    assert told(read(sentence, **{key: "nothing"}).statements) == "note: Frob loan by noon."
    with pytest.raises(SidecarError, match="is itself not understood: write one plain sentence"):
        read(sentence, **{key: "frob it"})
