"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const SIGNS = { holds: "✓", violated: "✗", conditional: "~", vacuous: "∅", inconclusive: "?" };
  const RANK = ["violated", "conditional", "inconclusive", "vacuous", "holds"];
  const KINDS = {
    race: "A race: it needs invocations whose steps interleave; each invocation alone, or as one action, is fine.",
    logic: "A contradiction of logic: it happens even where every invocation runs to its next wait without interruption.",
    structure: "Seen in the text itself, without running it.",
  };
  const $ = (id) => document.getElementById(id);

  /** Make an element. Text is put in as text, never as markup. */
  function h(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  const canonical = (text) => text.toLowerCase().replace(/[-\s]/g, "");
  const many = (count, one, more) => `${count.toLocaleString("en")} ${count === 1 ? one : more || one + "s"}`;

  // --- what there is

  const findings = [];
  data.reports.forEach((report, number) => {
    const prefix = number ? `${number + 1}:` : "";
    for (const verdict of report.verdicts) {
      const id = prefix + verdict.property + (verdict.needs.length ? `@${verdict.needs.join("+")}` : "");
      findings.push({ id, report, verdict });
    }
  });
  findings.sort((a, b) => RANK.indexOf(a.verdict.verdict) - RANK.indexOf(b.verdict.verdict) ||
    a.verdict.needs.length - b.verdict.needs.length);

  let current = null; // the finding that is shown
  let at = 0; // the step of its trace, counted from 0
  let shown = null; // what to update when the step changes

  // --- the list of verdicts

  function row({ id, verdict, report }) {
    const name = verdict.needs.length ? `${verdict.property} with ${verdict.needs.join(", ")}` : verdict.property;
    const cells = [
      h("span", { class: verdict.verdict, "aria-hidden": "true" }, SIGNS[verdict.verdict]),
      h("b", {}, name),
      h("span", { class: verdict.verdict }, verdict.verdict + (verdict.kind ? ` (${verdict.kind})` : "")),
      h("span", { class: "seen" }, verdict.message || verdict.rule[0]),
    ];
    const words = [name, verdict.verdict, verdict.message, ...verdict.rule, ...verdict.places.map(where), report.model];
    const item = h("li", { "data-words": words.join(" ").toLowerCase() },
      h("button", { class: "row", "data-finding": id, onclick: () => open(id, 0) }, ...cells));
    return item;
  }

  function list() {
    const place = $("verdicts");
    const groups = [
      ["Broken", (v) => v.verdict === "violated" && !v.needs.length],
      ["Open", (v) => ["inconclusive", "conditional"].includes(v.verdict) && !v.needs.length],
      ["Broken only under an adversity", (v) => v.needs.length > 0],
      ["Fine", (v) => ["holds", "vacuous"].includes(v.verdict) && !v.needs.length],
    ];
    for (const [title, belongs] of groups) {
      const mine = findings.filter(({ verdict }) => belongs(verdict));
      if (mine.length) place.append(h("h2", {}, `${title} (${mine.length})`), h("ul", { class: "list" }, ...mine.map(row)));
    }
  }

  // --- one finding

  const where = (place) => [`${place.algorithm} ${place.step}`.trim(), `${place.file}:${place.line}`].filter(Boolean).join(", ");

  function sentenceAt(report, place) {
    const algorithm = report.algorithms.find(({ name }) => name === place.algorithm);
    const step = algorithm && algorithm.steps.find(({ step }) => step === place.step);
    return step ? step.text : "";
  }

  function explain({ verdict, report }) {
    const [sentence, why, reference] = verdict.rule;
    const parts = [
      h("h2", { id: "finding-title", tabindex: "-1" }, h("span", { class: verdict.verdict }, `${SIGNS[verdict.verdict]} `),
        verdict.property, verdict.needs.length ? ` with ${verdict.needs.join(", ")}` : ""),
      h("p", {}, h("b", {}, "What must hold: "), sentence),
      why ? h("p", {}, h("b", {}, "Why it matters: "), why) : null,
      verdict.message ? h("p", {}, h("b", {}, verdict.verdict === "violated" ? "What goes wrong: " : "What was seen: "), verdict.message) : null,
      verdict.kind && KINDS[verdict.kind] ? h("p", {}, KINDS[verdict.kind]) : null,
      reference ? h("p", { class: "dim" }, `It rests on: ${reference}`) : null,
    ];
    if (verdict.places.length) {
      const items = verdict.places.map((place) => {
        const said = sentenceAt(report, place);
        return h("li", {}, h("b", {}, where(place)), said ? `: ${said}` : "");
      });
      parts.push(h("h3", {}, verdict.loop === null ? "Where it breaks" : "The last step before it goes on like that for ever"), h("ul", {}, ...items));
    }
    return parts;
  }

  function touched(verdict) {
    const seen = new Map();
    for (const step of verdict.steps) {
      if (step.step && step.changes.length) seen.set(`${step.algorithm} ${step.step}`, step);
    }
    if (!seen.size) return [];
    const items = [...seen.values()].map((step) => h("li", {}, h("b", {}, where(step)), `: ${step.text}`));
    return [h("details", {}, h("summary", {}, `The ${many(items.length, "line")} of the text that change something in this run`), h("ul", {}, ...items))];
  }

  function text(report, names) {
    return names.map((name) => {
      const algorithm = report.algorithms.find((each) => each.name === name);
      if (!algorithm) return null;
      const steps = algorithm.steps.map((step) => h("li", {
        "data-step": `${name} ${step.step}`, class: step.reached ? "" : "unreached", style: `padding-left: ${step.depth * 1.1 + 0.4}rem`,
        "data-words": `${name} ${step.step} ${step.text}`.toLowerCase(),
      }, h("span", { class: "number" }, step.step), h("span", { class: "said" }, step.text),
        h("span", { class: "line" }, `line ${step.line}`)));
      return h("div", {}, h("h3", {}, name), h("ol", { class: "steps" }, ...steps));
    });
  }

  function lanes(verdict) {
    const actors = [...new Set(verdict.steps.map((step) => step.process))];
    const head = h("tr", {}, h("th", { scope: "col" }, "#"), ...actors.map((actor) => h("th", { scope: "col" }, actor)));
    const rows = verdict.steps.map((step, number) => {
      const changes = step.changes.map(([name, old, now]) => h("span", { class: "change" }, `${name}: ${old} → ${now}`));
      const label = (step.step ? `${step.algorithm} ${step.step}: ` : "") + step.text;
      const cell = (actor) => actor === step.process ? h("td", {}, h("button", { onclick: () => go(number) }, label, ...changes)) : h("td", {});
      return h("tr", { class: number === verdict.loop ? "loop" : "", "data-row": number }, h("td", {}, `${number + 1}`), ...actors.map(cell));
    });
    return h("table", { class: "lanes" }, h("thead", {}, head), h("tbody", {}, ...rows));
  }

  function player(finding) {
    const { verdict, report } = finding;
    const last = verdict.steps.length - 1;
    const button = (label, sign, key, act) => h("button", { "aria-label": label, title: `${label} (${key})`, onclick: act }, sign);
    const slider = h("input", { type: "range", min: 0, max: last, value: 0, "aria-label": "Step of the run", oninput: () => go(Number(slider.value)) });
    const count = h("span", {});
    const told = h("div", { class: "told", "aria-live": "polite" });
    const values = h("table", { class: "values" });
    const picture = h("div", { class: "picture" }, $("lifecycle").content.cloneNode(true));
    const names = [...new Set(verdict.steps.filter((step) => step.step).map((step) => step.algorithm))];
    const side = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The steps of the text" }, ...text(report, names));
    const diagram = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Who does what" }, lanes(verdict));
    shown = { slider, count, told, values, picture, side, diagram };
    return [
      h("h3", {}, "A shortest run in which it happens"),
      h("div", { class: "player" },
        button("First step", "⏮", "Home", () => go(0)), button("One step back", "◀", "←", () => go(at - 1)),
        button("One step on", "▶", "→", () => forward()), button("Last step", "⏭", "End", () => go(last)), slider, count,
        button("Back to the verdicts", "✕", "Esc", () => close())),
      told,
      h("div", { class: "columns" }, h("div", {}, h("h3", {}, "The text"), side),
        h("div", {}, h("h3", {}, "The registration"), picture, h("h3", {}, "What holds now"), values)),
      h("h3", {}, "Who does what, in order"), diagram,
      h("p", { class: "dim" }, h("kbd", {}, "←"), " ", h("kbd", {}, "→"), " walk, ", h("kbd", {}, "Home"), " ", h("kbd", {}, "End"),
        " jump, ", h("kbd", {}, "Esc"), " goes back to the verdicts. The address of this page always shows exactly this step."),
    ];
  }

  function forward() {
    const { verdict } = current;
    if (at < verdict.steps.length - 1) go(at + 1);
    else if (verdict.loop !== null && verdict.loop < verdict.steps.length) go(verdict.loop);
  }

  function values(verdict, upTo) {
    const now = new Map();
    for (const step of verdict.steps) for (const [name, old] of step.changes) if (!now.has(name)) now.set(name, old);
    for (const step of verdict.steps.slice(0, upTo + 1)) for (const [name, , after] of step.changes) now.set(name, after);
    return now;
  }

  function draw() {
    const { verdict } = current;
    const step = verdict.steps[at];
    if (!step || !shown) return;
    const total = verdict.steps.length;
    const again = verdict.loop !== null && at >= verdict.loop;
    shown.slider.value = at;
    shown.slider.setAttribute("aria-valuetext", `step ${at + 1} of ${total}`);
    shown.count.textContent = `${at + 1} of ${total}${again ? ", again and again" : ""}`;
    const place = step.step ? `${step.algorithm} ${step.step}, line ${step.line}: ` : "";
    const changes = step.changes.map(([name, old, after]) => h("div", {}, `→ ${name}: ${old} → ${after}`));
    const ends = at === total - 1 && verdict.loop !== null
      ? h("div", {}, verdict.loop < total ? "From here it goes on as from step " + (verdict.loop + 1) + ", for ever." : "And nothing more happens, for ever.") : null;
    shown.told.replaceChildren(h("b", {}, step.process), h("div", {}, place + step.text), ...changes, ...(ends ? [ends] : []));
    const changed = new Set(step.changes.map(([name]) => name));
    const now = values(verdict, at);
    shown.values.replaceChildren(h("tbody", {}, ...[...now].map(([name, value]) =>
      h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: changed.has(name) ? "changed" : "" }, value)))));
    for (const group of shown.picture.querySelectorAll(".on")) group.classList.remove("on");
    for (const [name, value] of now) {
      if (!name.endsWith(": state")) continue;
      for (const group of shown.picture.querySelectorAll("[class*=state-]")) {
        const states = [...group.classList].filter((one) => one.startsWith("state-")).map((one) => canonical(one.slice(6)));
        if (states.includes(canonical(value))) group.classList.add("on");
      }
    }
    for (const item of shown.side.querySelectorAll("li.now")) { item.classList.remove("now"); item.removeAttribute("aria-current"); }
    for (const item of shown.side.querySelectorAll("li")) {
      if (step.step && item.dataset.step === `${step.algorithm} ${step.step}`) {
        item.classList.add("now"); item.setAttribute("aria-current", "step"); reveal(shown.side, item);
      }
    }
    for (const line of shown.diagram.querySelectorAll("tr[aria-current]")) line.removeAttribute("aria-current");
    const line = shown.diagram.querySelector(`tr[data-row="${at}"]`);
    if (line) { line.setAttribute("aria-current", "true"); reveal(shown.diagram, line); }
  }

  /** Scroll a box, and nothing around it, until an item in it can be seen. */
  function reveal(box, item) {
    const inner = item.getBoundingClientRect(), outer = box.getBoundingClientRect();
    if (inner.top < outer.top + 40) box.scrollTop -= outer.top + 40 - inner.top;
    else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
  }

  // --- moving about

  function address() { return current ? `#finding=${encodeURIComponent(current.id)}&step=${at + 1}` : "#"; }

  function go(step) {
    at = Math.max(0, Math.min(step, current.verdict.steps.length - 1));
    history.replaceState(null, "", address());
    draw();
  }

  function open(id, step, push = true) {
    const finding = findings.find((each) => each.id === id);
    if (!finding) return close();
    current = finding;
    shown = null;
    at = Math.max(0, Math.min(step, finding.verdict.steps.length - 1));
    const place = $("finding");
    const walk = finding.verdict.steps.length ? player(finding) : [h("p", {}, h("button", { onclick: () => close() }, "Back to the verdicts"))];
    place.replaceChildren(...explain(finding).filter(Boolean), ...touched(finding.verdict), ...walk);
    place.hidden = false;
    for (const button of document.querySelectorAll("[data-finding]")) button.setAttribute("aria-current", button.dataset.finding === id);
    if (push) history.pushState(null, "", address());
    draw();
    $("verdicts").hidden = true;
    $("text").hidden = true;
    $("finding-title").focus();
    window.scrollTo(0, 0);
  }

  function close() {
    const last = current;
    current = null;
    shown = null;
    at = 0;
    $("finding").hidden = true;
    $("verdicts").hidden = false;
    $("text").hidden = false;
    history.pushState(null, "", location.pathname + location.search);
    const button = last && [...document.querySelectorAll("[data-finding]")].find((each) => each.dataset.finding === last.id);
    (button || $("main")).focus();
  }

  function follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const id = asked.get("finding");
    if (id) open(id, (Number(asked.get("step")) || 1) - 1, false);
    else if (current) close();
  }

  function keys(event) {
    if (!current || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") { close(); event.preventDefault(); return; }
    if (!shown || event.target.matches("input[type=search], input[type=range]")) return;
    const moves = { ArrowRight: forward, ArrowLeft: () => go(at - 1), Home: () => go(0), End: () => go(current.verdict.steps.length - 1) };
    if (moves[event.key]) { moves[event.key](); event.preventDefault(); }
  }

  function search() {
    const wanted = $("search").value.trim().toLowerCase();
    if (current && wanted) close();
    for (const item of document.querySelectorAll("[data-words]")) {
      item.classList.toggle("hidden", wanted !== "" && !item.dataset.words.includes(wanted));
    }
  }

  // --- the text, and what became of its sentences

  function whole() {
    const place = $("text");
    for (const report of data.reports) {
      const [total, understood, reached] = report.coverage;
      place.append(h("h2", {}, `The text of ${report.model}`),
        h("p", {}, `${many(total, "step")}: ${understood} understood, ${reached} reached by some behaviour.`));
      for (const note of report.notes) place.append(h("p", { class: "dim" }, `Note: ${where(note)}: ${note.message} (${note.property})`));
      const steps = text(report, report.algorithms.map(({ name }) => name)).filter(Boolean);
      place.append(h("details", {}, h("summary", {}, "Its algorithms, step by step"), ...steps));
      if (report.ledger.length) {
        const rows = report.ledger.map((row) => h("tr", { "data-words": `${row.where} ${row.sentence} ${row.status} ${row.how}`.toLowerCase() },
          h("td", {}, row.where), h("td", {}, `${row.line}`), h("td", {}, row.sentence), h("td", {}, row.status), h("td", {}, row.how)));
        const head = ["where", "line", "sentence", "status", "read as"].map((name) => h("th", { scope: "col" }, name));
        place.append(h("details", {}, h("summary", {}, `The ledger: ${many(rows.length, "normative sentence")}, and what became of each`),
          h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Ledger" },
            h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows)))));
      }
    }
  }

  // --- begin

  const names = data.reports.map((report) => report.model).join(", ");
  document.title = `bgsync: ${names}`;
  $("title").textContent = names;
  const broken = findings.filter(({ verdict }) => verdict.verdict === "violated" && !verdict.needs.length).length;
  const states = data.reports.reduce((sum, report) => sum + report.states, 0);
  const asked = data.reports[0] ? Object.entries(data.reports[0].bounds).map(([name, value]) => `${name} ${value}`).join(", ") : "";
  const stopped = data.reports.some((report) => report.interrupted) ? " It was interrupted: this is about what was explored." : "";
  $("summary").textContent = `${many(broken, "promise")} of the text broken, in ${many(states, "state")} explored; bounds: ${asked}. bgsync ${data.version}.${stopped}`;
  list();
  whole();
  $("search").addEventListener("input", search);
  document.addEventListener("keydown", keys);
  window.addEventListener("popstate", follow);
  window.addEventListener("hashchange", follow);
  follow();
})();
