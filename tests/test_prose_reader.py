"""Reading the source of a spec: markup, places, algorithms, prose and defects."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bgsync.prose.page.document import (
    Bullets,
    Cases,
    Document,
    Item,
    Members,
    Note,
    Numbered,
    Paragraph,
    Sentence,
    Token,
)
from bgsync.prose.page.reader import read_document

METADATA = """<pre class=metadata>
Title: Lending
Indent: 2
Markup Shorthands: markdown yes
</pre>

"""
HTML_LISTS = """<section>
  <h2 id=loans>Loans</h2>
  To <dfn>lend a book</dfn> <var>book</var> to a <a>reader</a>, run these steps:
  <ol>
    <li>Let <var>loan</var> be a new <a lt="loan record">loan</a>.</li>
    <li>
      <p>Print a slip with the following:</p>
      <dl>
        <dt>{{Slip/due}}</dt>
        <dd>The due date of <var>loan</var>.</dd>
      </dl>
      <p>Then run these steps with <var>slip</var>:</p>
      <ol>
        <li>Stamp <var>slip</var>.</li>
      </ol>
    </li>
    <li>If any of these holds:
      <ul><li>It is late.</li><li>It is lost.</li></ul>
      abort these steps.</li>
  </ol>
</section>
"""
MARKDOWN = """Loans {#loans}
==============

<div algorithm dfn-for=Desk>
  ## <dfn>Lend a book</dfn> ## {#lend}
  When a reader asks for |book|, run the following steps:
  1. While true:
    1. Wait for the desk.
      Note: This may take a while.

    1. If |book|'s [=book/state=] is "`lent`", return.

      Issue(7): What if it is lost?

      Otherwise, go on with these:
      * one,
      * two.
  1. For each |copy|:
      1. Stamp |copy|.
</div>

The desk MUST be open. It closes at 17.
"""


def read(source: str) -> Document:
    return read_document(source, "lending.bs")


def sentences(part: object) -> Iterator[Sentence]:
    if isinstance(part, Sentence):
        yield part
    elif isinstance(part, Numbered | Bullets):
        for item in part.items:
            for inner in item.parts:
                yield from sentences(inner)
    elif isinstance(part, Members):
        for name, values in part.entries:
            yield name
            yield from values
    elif isinstance(part, Cases):
        for names, item in part.entries:
            yield from names
            for inner in item.parts:
                yield from sentences(inner)
    elif isinstance(part, Paragraph):
        yield from part.sentences


def everything(document: Document) -> list[Sentence]:
    found = [sentence for paragraph in document.paragraphs for sentence in sentences(paragraph)]
    for algorithm in document.algorithms:
        found += [*algorithm.introduction, *sentences(algorithm.steps)]
    return found


def outline(part: object) -> object:
    match part:
        case Sentence(text=text):
            return text
        case Note(text=text):
            return {"note": text}
        case Members(entries=entries):
            return {name.text: [value.text for value in values] for name, values in entries}
        case Cases(entries=several):
            return {tuple(name.text for name in names): outline(item) for names, item in several}
        case Item(parts=parts):
            return [outline(inner) for inner in parts]
        case Numbered(items=items):
            return ["1.", *map(outline, items)]
        case Bullets(items=items):
            return ["*", *map(outline, items)]
    return None


def tokens(text: str) -> list[Token]:
    (paragraph,) = read(text).paragraphs
    return [token for sentence in paragraph.sentences for token in sentence.tokens]


def seen(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokens(text)]


def steps(source: str) -> list[object]:
    (algorithm,) = read(source).algorithms
    return [outline(item) for item in algorithm.steps.items]


def test_html_lists_become_steps_with_their_parts_in_the_order_of_the_page() -> None:
    assert steps(METADATA + HTML_LISTS) == [
        ["Let loan be a new loan."],
        [
            "Print a slip with the following:",
            {"due": ["The due date of loan."]},
            "Then run these steps with slip:",
            ["1.", ["Stamp slip."]],
        ],
        ["If any of these holds:", ["*", ["It is late."], ["It is lost."]], "abort these steps."],
    ]


def test_markdown_lists_become_steps_and_notes_neither_end_them_nor_swallow_a_sentence() -> None:
    assert steps(METADATA + MARKDOWN) == [
        [
            "While true:",
            [
                "1.",
                ["Wait for the desk.", {"note": "Note: This may take a while."}],
                [
                    'If book\'s state is "lent", return.',
                    {"note": "Issue(7): What if it is lost?"},
                    "Otherwise, go on with these:",
                    ["*", ["one,"], ["two."]],
                ],
            ],
        ],
        ["For each copy:", ["1.", ["Stamp copy."]]],
    ]


def test_an_algorithm_has_its_introduction_heading_scope_and_mark() -> None:
    (algorithm,) = read(METADATA + MARKDOWN).algorithms
    assert [sentence.text for sentence in algorithm.introduction] == [
        "When a reader asks for book, run the following steps:"
    ]
    assert algorithm.heading is not None
    assert algorithm.heading.tokens[0].kind == "dfn"
    assert (algorithm.scope, algorithm.marked, algorithm.place.line) == ("desk", True, 12)


@pytest.mark.parametrize("indent", ["  ", "    ", "\t"])
def test_markdown_nests_by_two_or_four_spaces_or_a_tab(indent: str) -> None:
    source = f"To <dfn>shelve</dfn>, run these steps:\n1. A:\n{indent}1. B:\n{indent * 2}1. C.\n{indent}1. D.\n1. E.\n"
    assert steps(source) == [["A:", ["1.", ["B:", ["1.", ["C."]]], ["D."]]], ["E."]]


def test_the_indent_of_the_metadata_decides_what_nests() -> None:
    source = "<pre class=metadata>\nIndent: 4\n</pre>\n\nTo <dfn>shelve</dfn>:\n1. A.\n  1. B.\n"
    assert steps(source) == [["A."], ["B."]]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("body", [HTML_LISTS, MARKDOWN])
def test_each_token_is_where_its_first_character_is(body: str, line_end: str) -> None:
    source = (METADATA + "<p>Caf&eacute;s &amp;\tbars lend |x|, too.\n\n" + body).replace("\n", line_end)
    lines = source.split(line_end)
    for sentence in everything(read(source)):
        assert sentence.place == sentence.tokens[0].place
        for token in sentence.tokens:
            at = lines[token.place.line - 1][token.place.column - 1 :]
            assert at.startswith((token.text.split()[0][:3], "&"))


@pytest.mark.parametrize(
    ("text", "kind", "shown", "term", "scope"),
    [
        ("<var>loan</var>", "var", "loan", "", ""),
        ("|loan|", "var", "loan", "", ""),
        ("<a>Loan  record</a>", "term", "Loan record", "loan record", ""),
        ('<a lt="loan record" for=Desk>loan</a>', "term", "loan", "loan record", "desk"),
        ('<a href="https://example.org/">rules</a>', "term", "rules", "rules", ""),
        ("[=loan=]s", "term", "loans", "loan", ""),
        ("[=list/For each=]", "term", "For each", "for each", "list"),
        ("[=/shelf=]", "term", "shelf", "shelf", "/"),
        ("[=lend a book|lends=]", "term", "lends", "lend a book", ""),
        ("[^slip^]", "term", "slip", "slip", ""),
        ("{{Desk}}s", "idl", "Desks", "Desk", ""),
        ("{{Desk/lend(book, days)}}", "idl", "lend(book, days)", "lend(book, days)", "Desk"),
        ("{{Desk/closed!!event}}", "idl", "closed", "closed", "Desk"),
        ("{{Desk/lend()|lends}}", "idl", "lends", "lend()", "Desk"),
        ('{{State/"lent"}}', "idl", "lent", "lent", "State"),
        ("<code>{{Desk}}</code>", "idl", "Desk", "Desk", ""),
        ("<a>LendingDesk</a>", "idl", "LendingDesk", "LendingDesk", ""),
        ("`lent`", "string", "lent", "", ""),
        ("<code>lent</code>", "string", "lent", "", ""),
        ('"<code>lent</code>"', "string", "lent", "", ""),
        ('"`lent`"', "string", "lent", "", ""),
        ("“lent”", "string", "lent", "", ""),
        ("\\``GET`\\`", "string", "GET", "", ""),
        ("<dfn for=Desk>Loan</dfn>", "dfn", "Loan", "loan", "desk"),
        ("<dfn method for=Desk title='lend(book)'>lend(|book|)</dfn>", "dfn", "lend(book)", "lend(book)", "Desk"),
        ("[[#lend]]", "word", "[[#lend]]", "", ""),
        ("2,000", "number", "2,000", "", ""),
        ("user-defined", "word", "user-defined", "", ""),
    ],
)
def test_inline_markup_becomes_a_token(text: str, kind: str, shown: str, term: str, scope: str) -> None:
    token = tokens(f"The {text} is here.")[1]
    assert (token.kind, token.text, token.term, token.scope) == (kind, shown, term, scope)


def test_a_variable_has_its_type() -> None:
    assert tokens("Let |loan:LoanRecord| be.")[1].type == "LoanRecord"


def test_possessives_are_a_mark_of_their_own() -> None:
    mark = ("mark", "'s")
    assert seen("|book|’s <a>desk</a>'s readers' doesn't.") == [
        *[("var", "book"), mark, ("term", "desk"), mark, ("word", "readers"), mark, ("word", "doesn't"), ("mark", ".")]
    ]


def test_a_sentence_ends_where_the_next_one_begins() -> None:
    text = 'A book (e.g. a map. Or two.) costs 1.5. |x| is "`a`". see there. Done?'
    (paragraph,) = read(text).paragraphs
    assert [sentence.text for sentence in paragraph.sentences] == [
        "A book (e.g. a map. Or two.) costs 1.5.",
        'x is "a". see there.',
        "Done?",
    ]


def test_a_definition_with_two_linking_texts_is_there_twice_and_takes_the_scope_around() -> None:
    found = read("<div dfn-for=Desk>A <dfn lt='loan|lending'>loan</dfn> has a <dfn>day</dfn>.</div>").definitions
    assert [(dfn.term, dfn.scope) for dfn in found] == [("loan", "desk"), ("lending", "desk"), ("day", "desk")]


def test_prose_outside_algorithms_is_kept_with_its_heading_lead_and_standing() -> None:
    document = read(
        "<h2>Rules</h2><em>This section is non-normative.</em><h3>Why</h3><p>A book is old.\n<h2>Terms</h2>"
        "<p>A loan consists of:<ul><li>a book. It MUST be ours.<li>a day</ul><p class=note>Ask.<p>End."
        "<dl><dt>due<dd>When it ends.</dl><table><tr><td>One<td>Two</table>"
    )
    assert [
        (
            " ".join(sentence.text for sentence in one.sentences),
            one.heading,
            one.informative,
            one.lead and one.lead.text,
        )
        for one in document.paragraphs
    ] == [
        ("This section is non-normative.", "Rules", True, None),
        ("A book is old.", "Why", True, None),
        ("A loan consists of:", "Terms", False, None),
        ("a book. It MUST be ours.", "Terms", False, "A loan consists of:"),
        ("a day", "Terms", False, "A loan consists of:"),
        ("Ask.", "Terms", True, None),
        ("End.", "Terms", False, None),
        ("due When it ends.", "Terms", False, "End."),
        ("One", "Terms", False, None),
        ("Two", "Terms", False, None),
    ]


def test_a_list_is_an_algorithm_only_where_something_says_so() -> None:
    document = read(
        "<p>Shelves are:<ol><li>low<li>high</ol><h2><dfn>Sort</dfn></h2><ol><li>Sort all.</ol>"
        "<div class=algorithm><p>First:<ol><li>A.</ol><p>Second:<ol><li>B.</ol></div>"
        "<div algorithm>To <dfn>x</dfn>, y.</div>"
    )
    assert [[sentence.text for sentence in one.introduction] for one in document.algorithms] == [
        [],
        ["First:"],
        ["Second:"],
    ]
    assert [one.sentences[0].text for one in document.paragraphs] == ["Shelves are:", "low", "high", "To x, y."]


def test_a_switch_with_steps_keeps_every_step() -> None:
    source = "<p>To <dfn>sort</dfn>:<ol><li>Switch:<dl><dt>map<dd><ol><li>Roll it.</ol><dt>book<dd>Shelve it.</dl></ol>"
    assert steps(source) == [["Switch:", {("map",): [["1.", ["Roll it."]]], ("book",): ["Shelve it."]}]]


def test_interfaces_are_plain_text_and_other_code_is_no_prose() -> None:
    document = read(
        "<pre class=idl>\nP&lt;Loan> <a>x</a>;\n</pre>\n<script type=idl>P<Loan> y;</script>\n"
        "<pre>code</pre>\n<style>p {}</style>\n<!-- hidden -->\n```\n1. code\n```\n"
        "<pre class=include>path: /etc/passwd</pre>"
    )
    assert [interface.text.strip() for interface in document.interfaces] == ["P<Loan> x;", "P<Loan> y;"]
    assert document.paragraphs == ()


def test_published_html_reads_like_its_source() -> None:
    published = (
        '<!doctype html><meta content="Bikeshed 6" name="generator"><title>Lending</title><nav><ol><li>Loans</ol></nav>'
        '<main><h2 class="heading settled"><span class=secno>1. </span>Loans<a class=self-link href=#l></a></h2>'
        '<div class="algorithm"><p>To <dfn data-dfn-for="desk" id="x" data-lt="lend a book">lend</dfn>, run:<ol>'
        '<li data-md><p>Now <a data-link-type=dfn href="#x">lends</a> a '
        "<code class=idl><a data-link-type=idl>Book</a></code>s"
        " | {{x</ol></div></main><h2>Index</h2>"
    )
    document = read(published)
    (algorithm,) = document.algorithms
    (step,) = sentences(algorithm.steps)
    assert document.title == "Lending"
    assert [(token.kind, token.text, token.term) for token in step.tokens[1:4]] == [
        ("term", "lends", "lend a book"),
        ("word", "a", ""),
        ("idl", "Books", "Book"),
    ]
    assert (document.paragraphs, document.defects) == ((), ())


def test_real_sources_are_read() -> None:
    folder = Path(__file__).parents[2] / "shared/specs"
    sources = sorted(folder.glob("*.bs"))
    if not sources:
        pytest.skip(f"no sources in {folder}")
    for path in sources:
        document = read_document(path.read_text(encoding="utf-8"), path.name)
        assert document.title
        if path.name.startswith("sibling") and "background-fetch" not in path.name:
            continue  # some of these are small
        assert len(document.algorithms) >= 3
        assert sum(len(list(sentences(one.steps))) for one in document.algorithms) > 40
        assert len(document.definitions) > 10
        assert document.interfaces
