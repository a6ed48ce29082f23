"use strict";
/** What every page has: its data, how elements are made, and the steps of a text. */

const data = JSON.parse(document.getElementById("data").textContent);
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
      step.line ? h("span", { class: "line", title: `${step.file}:${step.line}` }, `line ${step.line}`) : null));
    return h("div", { class: "group" }, h("h4", {}, name), h("ol", { class: "steps" }, steps));
  });
}

/** Scroll a box, and nothing around it, until an item in it can be seen. */
function reveal(box, item) {
  const inner = item.getBoundingClientRect(), outer = box.getBoundingClientRect(), room = outer.height / 4;
  if (inner.top < outer.top + room) box.scrollTop -= outer.top + room - inner.top;
  else if (inner.bottom > outer.bottom - room) box.scrollTop += inner.bottom - outer.bottom + room;
}
