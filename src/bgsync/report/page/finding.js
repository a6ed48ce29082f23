"use strict";
/** One finding: what goes wrong, which lines to mend, how it happens, and a player that walks its run. */

class Finding {
  constructor({ id, report, verdict }, moved) {
    Object.assign(this, { id, report, verdict, moved, at: 0 });
    this.last = verdict.steps.length - 1;
    this.box = this.last < 0 ? null : this.player();
    this.elements = [
      h("div", { class: this.box ? "screen" : null }, this.head(), this.box),
      h("div", { class: "columns" }, this.lines(), this.moments()), ...this.about()];
  }

  /** What is broken, and by what: the first that is read. */
  head() {
    const { verdict } = this;
    const said = verdict.message && verdict.loop === null && verdict.message !== verdict.headline && !verdict.lead.includes(verdict.message) ? `What was seen: ${verdict.message}.`.replace("..", ".") : "";
    return [
      h("h2", { id: "finding-title", tabindex: "-1" }, h("span", { class: verdict.verdict, "aria-hidden": "true" }, `${SIGNS[verdict.verdict]} `), sentence(verdict.headline)),
      verdict.lead || said ? h("p", { class: "lead" }, verdict.lead, said ? h("span", { class: verdict.lead ? "dim" : null }, ` ${said}`) : null) : null,
    ];
  }

  about() {
    const { verdict } = this, [sentence, why, reference] = verdict.rule;
    return [
      ...related(this).map(([title, found, name]) => h("section", { "aria-label": title }, h("h3", {}, title), h("ul", {}, found.map(({ id, verdict: other }) =>
        h("li", {}, h("button", { class: "link", "data-finding": id }, other[name] || other.message), h("span", { class: "dim" }, ` ${other.property}`)))))),
      h("h3", {}, "What this is about"),
      h("p", {}, h("b", {}, `${verdict.property}: ${WORDS[verdict.verdict]}. `), verdict.kind ? KINDS[verdict.kind] : ""),
      h("p", {}, h("b", {}, "What the text promises: "), sentence, why ? ` ${why}` : ""),
      reference ? h("p", { class: "dim" }, `The promise rests on: ${reference}`) : null,
      this.box ? h("p", { class: "dim" }, "Keys: ", ...[["←", "back"], ["→", "on"], ["Home", "first step"], ["End", "last step"], ["Esc", "all verdicts"]]
        .flatMap(([key, what]) => [h("kbd", {}, key), ` ${what}   `]), "The address of this page is a link to exactly this step.") : null,
    ].filter(Boolean);
  }

  /** The lines to mend; of a finding without a run the places that it names. */
  lines() {
    const { verdict } = this;
    const code = (place, said) => [h("b", {}, place.file ? `${place.file}:${place.line}` : ""), ` ${`${place.algorithm} ${place.step}`.trim()}`,
      said ? h("q", {}, said) : null];
    const ofRun = verdict.lines.map(([place, why]) => {
      const step = verdict.steps[place];
      return h("li", {}, ...code(step, this.sentence(step)), h("span", { class: "why" }, why, " ", this.jump(place)));
    });
    const ofPlaces = verdict.places.map((place) => h("li", {}, ...code(place, this.sentence(place))));
    const items = ofRun.length ? ofRun : ofPlaces;
    if (!items.length) return null;
    const title = verdict.verdict === "violated" ? "Which lines to mend" : "Where";
    return h("section", { class: "card", "aria-label": title }, h("h3", {}, title), h("ol", { class: "lines" }, items),
      verdict.advice ? h("p", { class: "advice" }, verdict.advice) : null);
  }

  /** The run in a few sentences. */
  moments() {
    const { verdict } = this;
    if (!verdict.moments.length) return null;
    const NOTES = { looked: "looks", between: "meanwhile", used: "goes on" };
    const items = verdict.moments.map(([place, text, role]) => {
      const { process } = verdict.steps[place];
      return h("li", { class: role || null, value: place + 1 },
        place === verdict.loop ? h("span", { class: "aside" }, "from here on, again and again: ") : null,
        role ? h("span", { class: "aside" }, `${NOTES[role]}: `) : null,
        h("button", { class: "link", "data-go": place }, text), h("span", { class: "dim" }, ` ${process}`));
    });
    const end = this.ending(), whoIsWho = new Map(verdict.steps.map((step) => [step.process, step.who]));
    return h("section", { class: "card", "aria-label": "How it happens" }, h("h3", {}, "How it happens"),
      verdict.leftOut ? h("p", { class: "dim" }, `After ${many(verdict.leftOut, "other change")}:`) : null,
      h("ol", { class: "moments" }, items), end ? h("p", { class: "aside" }, end) : null,
      h("dl", { class: "who-is-who", "aria-label": "Who is who" }, [...whoIsWho].map(([name, what]) => h("div", {}, h("dt", {}, name), h("dd", {}, what)))));
  }

  ending() {
    const { loop, steps } = this.verdict;
    if (loop === null) return "";
    return loop < steps.length ? `After step ${steps.length} it goes on as from step ${loop + 1}, for ever.` : "After that nothing more happens, for ever.";
  }

  sentence(place) {
    const algorithm = this.report.algorithms.find(({ name }) => name === place.algorithm);
    const step = algorithm && algorithm.steps.find(({ step }) => step === place.step);
    return step ? step.text : "";
  }

  jump(place) {
    return h("button", { class: "link", "data-go": place, "aria-label": `Show step ${place + 1} of the run` }, `step ${place + 1}`);
  }

  player() {
    const { verdict, report } = this;
    const button = (label, sign, key, act) => h("button", { "aria-label": label, title: `${label} (${key})`, "data-act": act }, sign);
    const box = (name, ...parts) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name }, ...parts);
    this.slider = h("input", { type: "range", min: 0, max: this.last, value: 0, "aria-label": "Step of the run", oninput: () => this.go(Number(this.slider.value)) });
    this.count = h("span", { class: "count" });
    this.told = h("div", { class: "told", role: "status", "aria-label": "This step", tabindex: "0" });
    this.values = h("table", { class: "values" });
    this.picture = h("div", { class: "picture", tabindex: "0", role: "region", "aria-label": "The lifecycle" },
      report.picture === null ? null : $("lifecycle").content.children[report.picture].cloneNode(true));
    this.states = h("p", { class: "dim" });
    const names = [...new Set(verdict.steps.filter((step) => step.step).map((step) => step.algorithm))];
    this.text = box("The text", algorithms(report, names));
    this.sequence = box("Who does what", this.lanes());
    for (const svg of this.picture.querySelectorAll("svg")) { // no word of it is ever drawn smaller than 11 px
      const size = Math.min(...[...svg.querySelectorAll("text")].map((text) => Number(text.getAttribute("font-size")) || 11));
      svg.style.maxWidth = `${svg.viewBox.baseVal.width}px`;
      svg.style.minWidth = `${Math.ceil(svg.viewBox.baseVal.width * 11 / size)}px`;
    }
    return h("div", { class: "player", role: "group", "aria-label": "Player" },
      h("div", { class: "steer" },
        h("div", { class: "controls" }, button("First step", "|◀", "Home", "first"), button("One step back", "◀", "←", "back"),
          button("One step on", "▶", "→", "on"), button("Last step", "▶|", "End", "last"), this.count, this.slider),
        this.told),
      h("div", { class: "panels" },
        h("div", { class: "text" }, h("h3", {}, "The text"), this.text),
        h("div", { class: "messages" }, h("h3", {}, "Who does what"), this.sequence),
        h("div", { class: "lifecycle" }, h("h3", {}, `Lifecycle of the ${report.noun}`), this.picture, this.states),
        h("div", { class: "known" }, h("h3", {}, "What is so now"), box("What is so now", this.values))));
  }

  /** The sequence diagram: a lane a participant, a row a step; messages are arrows, all else is marked on its lane. */
  lanes() {
    const { steps, loop } = this.verdict, { agent } = this.report;
    const used = new Set(steps.flatMap((step) => step.messages.flatMap(([from, to]) => [from, to])));
    const lanes = data.lanes.filter((lane) => used.has(lane) || lane === agent);
    const middle = (lane) => (lanes.indexOf(lane) + 0.5) / lanes.length * 100;
    const order = [...new Set(steps.map((step) => step.process))];
    const rows = steps.map((step, number) => {
      const arrows = step.messages.map(([from, to, text]) => {
        const [a, b] = [middle(from), middle(to)];
        return h("span", { class: a < b ? "arrow right" : "arrow left", style: `margin-left: ${Math.min(a, b)}%; width: ${Math.abs(b - a)}%` }, h("span", { class: "sr" }, `${from} to ${to}: `), h("span", { class: "word" }, text));
      });
      const self = step.messages.length ? null : h("span", { class: "self" }, h("span", { class: "word" }, step.told));
      const label = step.step ? `${step.algorithm} ${step.step}` : "";
      return h("li", { class: number === loop ? "loop" : null, "data-row": number },
        h("button", { "data-go": number, tabindex: "-1" }, h("span", { class: "head" }, h("span", { class: "word" }, h("span", { class: "sr" }, "step "), `${number + 1} `,
          h("span", { class: `who who${order.indexOf(step.process) % 6}` }, step.process), ` ${label}`)), arrows, self));
    });
    const head = h("div", { class: "lanes-head", "aria-hidden": "true", style: `grid-template-columns: repeat(${lanes.length}, 1fr)` }, lanes.map((lane) => h("span", {}, lane)));
    return [head, h("ol", { class: "lanes", style: `--lanes: ${lanes.length}` }, rows)];
  }

  /** What is so after a step: the values of the things that the run has spoken of by then. */
  valuesAt(upTo) {
    const { steps } = this.verdict, now = new Map();
    steps.slice(0, upTo + 1).forEach((step, number) => {
      for (const [name, thing, , value, kind] of step.changes) {
        if (kind === "listed") this.begin(now, thing, number);
        now.set(name, { value, thing, kind });
      }
    });
    return now;
  }

  /** A thing is put into the list: its other values are those from which they change next. */
  begin(now, thing, number) {
    const later = new Map();
    for (const step of this.verdict.steps.slice(number + 1)) {
      for (const [name, about, value, , kind] of step.changes) if (about === thing && !later.has(name)) later.set(name, { value, thing, kind });
    }
    for (const [name, known] of [...now]) if (known.thing === thing) now.delete(name);
    for (const [name, before] of later) if (before.kind === "state") now.set(name, before);
  }

  go(step) {
    this.at = Math.max(0, Math.min(step, this.last));
    if (this.box) this.draw();
    this.moved();
  }

  /** Bring the player into view, or as much of it as has room; its bar stays on top of what is lower than the window. */
  show(block = "nearest") {
    if (this.box) this.box.scrollIntoView({ block });
  }

  on() {
    const { loop, steps } = this.verdict;
    if (this.at < this.last) this.go(this.at + 1);
    else if (loop !== null && loop < steps.length) this.go(loop);
  }

  draw() {
    const { verdict, at } = this, step = verdict.steps[at], total = verdict.steps.length;
    const again = verdict.loop !== null && at >= verdict.loop;
    this.slider.value = at;
    this.slider.setAttribute("aria-valuetext", `step ${at + 1} of ${total}`);
    this.count.textContent = `${at + 1} of ${total}${again ? ", again and again" : ""}`;
    const place = step.step ? h("span", { class: "dim", title: where(step) }, where({ ...step, file: step.file.split("/").pop() })) : null;
    const changes = step.changes.map(([name, , old, after]) => h("div", { class: "change" }, `${name}: ${old} → ${after}`));
    this.told.scrollTop = 0;
    const end = at === this.last ? this.ending() : "";
    this.told.replaceChildren(h("b", {}, `${at + 1}. ${step.process} `), ...(place ? [place] : []), h("div", {}, step.text), h("div", {}, changes), ...(end ? [h("div", { class: "aside" }, end)] : []));
    const changed = new Set(step.changes.map(([name]) => name));
    const now = this.valuesAt(at);
    this.values.replaceChildren(h("tbody", {}, [...now].map(([name, { value }]) =>
      h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: changed.has(name) ? "changed" : null }, value)))));
    const [first] = this.values.getElementsByClassName("changed");
    if (first) reveal(this.values.parentElement, first);
    this.mark(now, step.changes.filter(([, , , , kind]) => kind === "state"));
    const mine = step.step ? `${step.algorithm} ${step.step}` : null;
    this.current(this.text, "step", (item) => item.dataset.step === mine);
    this.current(this.sequence, "true", (item) => item.dataset.row === String(at));
    for (const item of document.querySelectorAll(".moments li")) item.classList.toggle("now", item.value === at + 1);
  }

  /** Mark the states in the picture of the lifecycle; where it has none of them it is not the one of this text. */
  mark(now, moves) {
    const groups = [...this.picture.querySelectorAll(".node")].filter((group) => group.querySelector("title"));
    const drawn = (group) => canonical(group.querySelector("title").textContent.replace(/ \(.*\)$/, ""));
    const known = new Set(groups.map(drawn));
    const ever = this.verdict.steps.flatMap((step) => step.changes).filter(([, , , , kind]) => kind === "state");
    this.picture.parentElement.hidden = !ever.some(([, , old, after]) => known.has(canonical(old)) || known.has(canonical(after)));
    const told = [], taken = new Set(moves.map(([, , old, after]) => canonical(`${old} to ${after}`)));
    for (const arrow of this.picture.querySelectorAll(".edge")) arrow.classList.toggle("on", taken.has(canonical(arrow.querySelector("title")?.textContent || "")));
    for (const group of groups) group.classList.remove("on", "gone");
    for (const { value, thing, kind } of now.values()) {
      if (kind !== "state") continue;
      const gone = [...now.values()].some((known) => known.thing === thing && known.kind === "unlisted");
      told.push(`${thing}: ${value}${gone ? ", and no longer in the list" : ""}`);
      for (const group of groups) if (drawn(group) === canonical(value)) group.classList.add(gone ? "gone" : "on");
    }
    const marked = this.picture.querySelector(".node.on, .node.gone");
    if (marked) {
      const inner = marked.getBoundingClientRect(), outer = this.picture.getBoundingClientRect();
      this.picture.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2;
    }
    this.states.textContent = told.join("; ") || `There is no ${this.report.noun} yet.`;
  }

  current(box, kind, is) {
    for (const item of box.querySelectorAll("li")) {
      if (is(item)) { item.setAttribute("aria-current", kind); reveal(box, item); } else item.removeAttribute("aria-current");
    }
  }
}
