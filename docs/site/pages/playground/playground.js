// The page of the playground. What a text says is put into elements as text only, so nothing of it can become markup.
const EXAMPLE = `<pre class="metadata">
Title: Cloakroom
</pre>

A [=service worker registration=] has an associated <dfn>rack</dfn>, a [=list=] of [=coats=].

A <dfn>coat</dfn> has an associated <dfn>number</dfn>, a DOMString.

A [=coat=] has an associated <dfn>coat state</dfn>, which is one of <dfn>hanging</dfn>, <dfn>called</dfn> or
<dfn>lost</dfn>. It is initially set to [=hanging=].

<div algorithm>
The <dfn method for=Cloakroom>call(|number|)</dfn> method, when invoked, MUST return [=a new promise=] |promise| and
run these steps [=in parallel=]:

1. Let |owner| be [=this=]'s associated [=service worker registration=].
1. Let |coat| be the [=coat=] in |owner|'s [=rack=] whose [=number=] is |number| if any, or null otherwise.
1. If |coat| is null, abort these steps.
1. Set |coat|'s [=coat state=] to [=called=].
1. Remuve |coat| from |owner|'s [=rack=].
1. [=Queue a task=] to [=resolve=] |promise|.
</div>
`;
const SIGNS = { modelled: "✓", abstracted: "~", "partly understood": "?", "not understood": "✗", remark: "·", broken: "✗", note: "·" };
const PAUSE = 250;

const text = document.getElementById("playground-text");
const status = document.getElementById("playground-status");
const found = document.getElementById("playground-found");
const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
let asked = 0;
let pause = 0;
let ready = false;

function made(name, content, attributes = {}) {
  const element = document.createElement(name);
  element.append(...[content].flat());
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function table(id, title, heads, rows, none) {
  const heading = made("h2", title, { id });
  if (!rows.length) return [heading, made("p", none)];
  const head = made("tr", heads.map((each) => made("th", each, { scope: "col" })));
  const body = rows.map(({ kind, cells }) => made("tr", cells.map((each) => made("td", each)), { class: kind ?? "" }));
  const whole = made("table", [made("thead", head), made("tbody", body)], { "aria-labelledby": id });
  return [heading, made("div", whole, { class: "playground-wide", tabindex: "0", role: "region", "aria-labelledby": id })];
}

const kind = (name) => name.replace(" ", "-");
const marked = (name) => `${SIGNS[name]} ${name}`;

function line(number) {
  const button = made("button", String(number), { type: "button", "aria-label": `go to line ${number}` });
  button.onclick = () => {
    const lines = text.value.split("\n");
    const start = lines.slice(0, number - 1).reduce((sum, each) => sum + each.length + 1, 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
    text.scrollTop = (text.scrollHeight * (number - 1)) / lines.length - text.clientHeight / 3;
  };
  return button;
}

function findings(told) {
  const unreached = Object.entries(told.unreached).map(([name, why]) => ({
    kind: "note", cells: [marked("note"), "", name, `nothing reaches it: ${why}`, "unreached"],
  }));
  const rows = told.findings.map((each) => ({
    kind: each.level, cells: [marked(each.level), line(each.line), each.step, each.said, each.of],
  }));
  const heads = ["status", "line", "step", "what is said", "property"];
  return table("findings", "What is found as it stands", heads, [...rows, ...unreached], "Nothing.");
}

function ledger(told) {
  const rows = told.sentences.map((each) => ({
    kind: kind(each.status),
    cells: [
      marked(each.status), line(each.line), each.where, each.sentence,
      [each.how, ...each.wordings.map((one) => made("p", `this would be understood: ${one}`))],
    ],
  }));
  return table("ledger", "What each sentence was read as", ["status", "line", "where", "sentence", "read as"], rows, "No sentence.");
}

function lifecycle({ name, states, rows }) {
  if (!states.length) return [made("h2", "Lifecycle", { id: "lifecycle" }), made("p", "No states are declared.")];
  const cells = rows.map((each) => ({ cells: [each.becomes, each.step, each.when, each.if, each.by] }));
  const heads = ["becomes", "step", "triggered by", "if", "read as"];
  const [heading, steps] = table("lifecycle", `Lifecycle of a ${name}`, heads, cells, "No step changes the state.");
  return [heading, made("p", `States: ${states.join(", ")}.`), steps];
}

function show(told) {
  if (told.problem) {
    status.textContent = `This cannot be read: ${told.problem}`;
    found.replaceChildren();
    return;
  }
  const { title, understood, total, content, why } = told;
  status.textContent = `${title}: ${understood} of ${total} sentences understood; read as ${content}, since ${why}.`;
  found.replaceChildren(...findings(told), ...ledger(told), ...lifecycle(told.lifecycle));
}

function ask() {
  asked += 1;
  status.textContent = "The text is being read …";
  worker.postMessage({ number: asked, text: text.value });
}

worker.onmessage = ({ data }) => {
  if (data.ready) {
    ready = true;
    ask();
  } else if (data.failed) {
    status.textContent = `Python could not be loaded: ${data.failed}`;
  } else if (data.number === asked) {
    show(data.told);
  }
};
worker.onerror = () => {
  status.textContent = "Python could not be loaded: this site was built without it.";
};
text.value = EXAMPLE;
text.oninput = () => {
  clearTimeout(pause);
  if (ready) pause = setTimeout(ask, PAUSE);
};
