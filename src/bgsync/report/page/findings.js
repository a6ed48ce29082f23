"use strict";
/** The findings of a report, in the order in which they are shown, and what each has to do with others. */

const SIGNS = { holds: "✓", violated: "✗", conditional: "~", vacuous: "∅", inconclusive: "?" };
const WORDS = { holds: "holds", violated: "broken", conditional: "holds on a condition", vacuous: "never put to the test", inconclusive: "not decided" };
const KINDS = {
  race: "It is a race: two things run at the same time, and it breaks only if their steps mix in an unlucky order. Each of them alone is fine.",
  logic: "It is no race: it breaks even if everything that runs goes on to its next wait before anything else does.",
  structure: "It can be seen in the text itself, without running it.",
};
const RANK = ["violated", "conditional", "inconclusive", "vacuous", "holds"];
const FIRST = ["known-term", "defined-before-use", "receiver"]; // what is misread makes all that follows from it doubtful
const isBroken = ({ verdict }) => verdict.verdict === "violated" && !verdict.needs.length;

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
