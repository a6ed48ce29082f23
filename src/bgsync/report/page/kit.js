"use strict";
/** What both other scripts of the page use: its data, and how elements are made. */

const data = JSON.parse(document.getElementById("data").textContent);
const SIGNS = { holds: "✓", violated: "✗", conditional: "~", vacuous: "∅", inconclusive: "?" };
const WORDS = { holds: "holds", violated: "broken", conditional: "holds on a condition", vacuous: "never put to the test", inconclusive: "not decided" };
const KINDS = {
  race: "It is a race: two things run at the same time, and it breaks only if their steps mix in an unlucky order. Each of them alone is fine.",
  logic: "It is no race: it breaks even if everything that runs goes on to its next wait before anything else does.",
  structure: "It can be seen in the text itself, without running it.",
};

const $ = (id) => document.getElementById(id);

/** Make an element. Text is put in as text, never as markup; the policy of the page allows no style attribute in markup. */
function h(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "style") made.style.cssText = value;
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

const canonical = (text) => text.toLowerCase().replace(/[-\s]/g, "");
const sentence = (text) => /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text; // a name such as register() stays
const many = (count, one, more) => `${count.toLocaleString("en")} ${count === 1 ? one : more || one + "s"}`;
const where = (place) => [`${place.algorithm} ${place.step}`.trim(), place.file ? `${place.file}:${place.line}` : ""].filter(Boolean).join(", ");
const RANK = ["violated", "conditional", "inconclusive", "vacuous", "holds"];
const FIRST = ["known-term", "defined-before-use", "receiver"]; // what is misread makes all that follows from it doubtful
const isBroken = ({ verdict }) => verdict.verdict === "violated" && !verdict.needs.length;

/** The steps of the named algorithms, as the text says them. */
function algorithms(report, names) {
  return names.map((name) => {
    const algorithm = report.algorithms.find((each) => each.name === name);
    if (!algorithm) return null;
    const steps = algorithm.steps.map((step) => h("li", {
      "data-step": `${name} ${step.step}`, style: `padding-left: ${step.depth * 0.8 + 0.4}rem`,
      "data-words": `${name} ${step.step} ${step.text}`.toLowerCase(),
    }, h("span", { class: "number" }, step.step || "·"),
      h("span", {}, step.text, step.reached ? null : h("em", {}, " (never reached)"), step.understood ? null : h("em", {}, " (not understood)")),
      h("span", { class: "line", title: `${step.file}:${step.line}` }, `line ${step.line}`)));
    return h("div", { class: "group" }, h("h4", {}, name), h("ol", { class: "steps" }, steps));
  });
}

/** Scroll a box, and nothing around it, until an item in it can be seen. */
function reveal(box, item) {
  const inner = item.getBoundingClientRect(), outer = box.getBoundingClientRect(), room = outer.height / 4;
  if (inner.top < outer.top + room) box.scrollTop -= outer.top + room - inner.top;
  else if (inner.bottom > outer.bottom - room) box.scrollTop += inner.bottom - outer.bottom + room;
}

/** Every finding of every report, by the id that stands in the address: the worst first, causes before what they cause, and of one cause together. */
const order = ({ verdict }) => [RANK.indexOf(verdict.verdict), FIRST.includes(verdict.property.split("/")[0]) ? 0 : 1, verdict.cause ?? 1e9];
const findings = data.reports.flatMap((report, number) => report.verdicts.map((verdict) => ({
  id: [number ? `${number + 1}:` : "", verdict.property, verdict.needs.length ? `@${verdict.needs.join("+")}` : "", verdict.way ? `~${verdict.way + 1}` : ""].join(""),
  report, verdict,
}))).sort((a, b) => order(a).map((each, place) => each - order(b)[place]).find((each) => each) || 0);

/** The other ways in which the property of a finding breaks, and what else breaks by the same cause. */
function related({ report, verdict }) {
  const mine = findings.filter((each) => each.report === report && each.verdict !== verdict);
  const same = (one) => one.property === verdict.property && one.needs.join() === verdict.needs.join();
  return [
    ["It breaks in other ways, too", mine.filter((each) => same(each.verdict)), "lead"],
    ["The same cause breaks", mine.filter((each) => verdict.cause !== null && each.verdict.cause === verdict.cause && !same(each.verdict)), "headline"],
  ].filter(([, found]) => found.length);
}
