"use strict";
(() => {
  let current = null; // the finding that is shown

  // --- the list of verdicts

  function row({ id, verdict, report }, place, all) {
    const before = place ? all[place - 1].verdict : null;
    const again = before && verdict.cause !== null && before.cause === verdict.cause && before.lead === verdict.lead;
    const told = verdict.verdict === "violated" && verdict.lead ? (again ? "By the same cause as the one above." : verdict.lead)
      : verdict.message === verdict.headline ? verdict.places.slice(0, 1).map(where).join() : verdict.message;
    const ways = findings.filter((each) => each.report === report && each.verdict.property === verdict.property && each.verdict.needs.join() === verdict.needs.join()).length;
    const small = [verdict.property, verdict.kind === "race" ? "a race" : "", ways > 1 ? `${ways} ways` : "", verdict.loop === null && !told.includes(verdict.message) && verdict.message !== verdict.headline ? verdict.message : "", data.reports.length > 1 ? report.model : ""].filter(Boolean).join(" · ");
    const words = [verdict.property, ...verdict.needs, verdict.verdict, verdict.kind, verdict.headline, verdict.lead, verdict.message, ...verdict.rule, ...verdict.places.map(where), report.model];
    return h("li", { "data-words": words.join(" ").toLowerCase() },
      h("button", { class: "row", "data-finding": id },
        h("span", { class: verdict.verdict, "aria-hidden": "true" }, SIGNS[verdict.verdict]),
        h("span", {}, h("span", { class: "sr" }, `${WORDS[verdict.verdict]}: `), h("b", {}, sentence(verdict.headline)), told ? h("span", { class: "seen" }, told) : null, h("span", { class: "dim" }, small))));
  }

  function list() {
    const firm = findings.filter(({ verdict }) => !verdict.way && !verdict.needs.length), edited = data.reports.some(({ edit }) => edit);
    const isNew = (one) => isBroken(one) && one.report.edit?.broken.includes(one.verdict.property);
    const groups = [
      ["What this edit breaks", firm.filter(isNew), true],
      [edited ? "What was broken before" : "What is broken", firm.filter((one) => isBroken(one) && !isNew(one)), !edited],
      ["What is not decided", firm.filter(({ verdict }) => ["inconclusive", "conditional"].includes(verdict.verdict)), true],
      ["What breaks only if something goes wrong around it", findings.filter(({ verdict }) => !verdict.way && verdict.needs.length), false],
      ["What holds", firm.filter(({ verdict }) => ["holds", "vacuous"].includes(verdict.verdict)), false],
    ];
    for (const [title, mine, open] of groups) {
      if (mine.length) {
        $("verdicts").append(h("details", { open, "data-open": open }, h("summary", {}, h("h2", {}, `${title} (${mine.length})`)),
          h("ul", { class: "list" }, mine.map(row))));
      }
    }
  }

  /** What an edit did, in a sentence and a list. */
  function edited({ base, broken, unknown, repaired, steps }) {
    const fine = unknown ? `may break something (${unknown})` : "breaks nothing";
    const what = [broken.length ? `breaks ${many(broken.length, "promise")}` : fine, repaired.length ? `repairs ${repaired.length}` : ""].filter(Boolean).join(" and ");
    return [h("p", { class: "lead" }, h("b", {}, `This edit ${what}`), ` (since ${base}).`),
      repaired.length ? h("ul", {}, repaired.map((one) => h("li", {}, `Repaired: ${one}`))) : null,
      steps.length ? h("details", {}, h("summary", {}, many(steps.length, "changed step")), h("ul", {}, steps.map(([name, old, now]) =>
        h("li", {}, h("b", {}, name), ` ${[old, now].filter(Boolean).join(" → ")}`)))) : h("p", {}, "No step says anything new.")];
  }

  /** What is to be mended in the text as it stands: it comes first, since all else may follow from it. */
  function mend() {
    const places = data.reports.flatMap((report) => report.mend);
    const item = (one) => h("li", {}, h("b", {}, where(one)), ` ${one.said}${one.breaks ? ` (${one.breaks})` : ""}`, one.help ? h("div", { class: "dim" }, one.help) : null);
    return places.length ? [h("p", {}, h("b", {}, `Mend first, in the text as it stands (${many(places.length, "place")}):`)),
      h("ul", {}, places.slice(0, 5).map(item)), places.length > 5 ? h("details", {}, h("summary", {}, `and ${places.length - 5} more`), h("ul", {}, places.slice(5).map(item))) : null] : [];
  }

  // --- the text, and what became of its sentences

  function whole(report) {
    const [total, understood, reached] = report.coverage;
    const bar = (count, what) => h("div", { class: "bar" }, h("label", {}, `${count} of ${total} steps ${what} `,
      h("meter", { min: 0, max: Math.max(total, 1), value: count })));
    const parts = [h("h2", {}, `The text of ${report.model}`), bar(understood, "understood"), bar(reached, "reached by something that can happen")];
    if (report.content) parts.push(h("p", {}, `Judged as ${report.content}: ${report.chosen}.`));
    if (report.notes.length) {
      parts.push(h("details", {}, h("summary", {}, many(report.notes.length, "note"), " on what is worth a look"), h("ul", {}, report.notes.map((note) =>
        h("li", { "data-words": `${where(note)} ${note.message} ${note.property}`.toLowerCase() }, h("b", {}, where(note)), ` ${note.message} (${note.property})`)))));
    }
    parts.push(h("details", {}, h("summary", {}, "Its algorithms, step by step"), algorithms(report, report.algorithms.map(({ name }) => name))));
    if (report.ledger.length) {
      const rows = report.ledger.map((row) => h("tr", { "data-words": Object.values(row).join(" ").toLowerCase() },
        ["where", "line", "sentence", "status", "how"].map((name) => h("td", {}, `${row[name]}`))));
      const head = ["where", "line", "sentence", "status", "read as"].map((name) => h("th", { scope: "col" }, name));
      parts.push(h("details", {}, h("summary", {}, `The ledger: ${many(rows.length, "sentence")} of the text, and what each was read as`),
        h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Ledger" },
          h("table", { class: "ledger" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)))));
    }
    $("text").append(...parts);
  }

  function glossary() {
    const words = [
      ...new Map(data.reports.flatMap(({ terms }) => terms)),
      [`${data.reports[0].noun} A, B`, "names for what a run is about, in the order of their places in memory"],
      ["… #2", "the second one of that name in the run; every name with a number is told below the story of its run"],
      ["race", KINDS.race],
      ["holds", "every order in which steps can happen was tried, within the bounds named on top, and none breaks it"],
      ["for ever", "the run ends in a circle: nothing that must happen in the end gets it out"],
    ];
    $("text").append(h("details", {}, h("summary", {}, "Words used on this page"), h("dl", {}, words.map(([word, what]) => [h("dt", {}, word), h("dd", {}, what)]))));
  }

  // --- moving about

  const address = () => `#finding=${encodeURIComponent(current.id)}&step=${current.at + 1}`;

  function open(id, step, push) {
    const found = findings.find((each) => each.id === id);
    if (!found) return show(null);
    current = new Finding(found, () => history.replaceState(null, "", address()));
    if (push) history.pushState(null, "", location.pathname + location.search + "#");
    show(current.elements);
    current.go(step);
    $("finding-title").focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  function show(elements) {
    if (!elements) current = null;
    $("finding").replaceChildren(...(elements || []));
    $("finding").hidden = !elements;
    $("verdicts").hidden = $("text").hidden = Boolean(elements);
    $("back").hidden = !elements;
    document.body.classList.toggle("reading", Boolean(elements));
  }

  function close() {
    const last = current;
    history.pushState(null, "", location.pathname + location.search);
    show(null);
    const button = last && [...document.querySelectorAll("[data-finding]")].find((each) => each.dataset.finding === last.id.replace(/~\d+$/, ""));
    if (button) { button.closest("details").open = true; button.focus(); } else $("main").focus();
  }

  function follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const id = asked.get("finding"), step = (Number(asked.get("step")) || 1) - 1;
    if (!id) show(null);
    else if (current && current.id === id) { current.go(step); current.show(); }
    else open(id, step, false);
  }

  const ACTS = {
    close, on: () => current.on(), back: () => current.go(current.at - 1),
    first: () => current.go(0), last: () => current.go(current.last),
  };
  const KEYS = { ArrowRight: "on", ArrowLeft: "back", Home: "first", End: "last", Escape: "close" };

  function keys(event) {
    const act = KEYS[event.key];
    if (!current || !act || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.matches("input[type=search]") || (event.target.matches("input[type=range]") && act !== "close")) return;
    ACTS[act]();
    current?.show();
    event.preventDefault();
  }

  function clicks(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const { finding, act, go } = button.dataset;
    if (finding !== undefined) open(finding, 0, true);
    else if (act) ACTS[act]();
    else if (go !== undefined) {
      current.go(Number(go));
      if (!current.box.contains(button)) current.show("start");
    }
  }

  function search() {
    const wanted = $("search").value.trim().toLowerCase();
    if (current && wanted) { show(null); history.pushState(null, "", location.pathname + location.search); }
    let found = 0;
    for (const item of document.querySelectorAll("#verdicts [data-words], #text [data-words]")) {
      const fits = wanted === "" || item.dataset.words.includes(wanted);
      item.classList.toggle("hidden", !fits);
      found += fits ? 1 : 0;
    }
    for (const box of document.querySelectorAll("#verdicts > details, #text > details, #text .group")) {
      const has = box.querySelector("[data-words]:not(.hidden)") !== null;
      if (box.matches("details")) box.open = wanted === "" ? box.dataset.open !== undefined : has;
      box.classList.toggle("hidden", wanted !== "" && !has);
    }
    $("matches").textContent = wanted === "" ? "" : many(found, "match", "matches");
  }

  // --- begin

  const names = data.reports.map((report) => report.model).join(", ");
  const broken = findings.filter((one) => isBroken(one) && !one.verdict.way);
  const causes = new Set(findings.filter((one) => isBroken(one) && one.verdict.cause !== null).map(({ report, verdict }) => `${data.reports.indexOf(report)} ${verdict.cause}`)).size;
  const states = data.reports.reduce((sum, report) => sum + report.states, 0);
  const bounds = data.reports.length ? Object.entries(data.reports[0].bounds).map(([name, value]) => `${name} ${value}`).join(", ") : "";
  const found = broken.length ? `${many(broken.length, "promise")} of the text ${broken.length === 1 ? "is" : "are"} broken.${causes > 1 && broken.every(({ verdict }) => verdict.cause !== null) ? ` There are ${causes} causes.` : ""} Choose one to see how it happens, and which lines to mend.`
    : "No promise of the text was found to be broken.";
  document.title = `${broken.length ? `${broken.length} broken` : "nothing broken"}: ${names} (bgsync)`;
  $("title").textContent = names;
  $("summary").append(...mend(), ...data.reports.filter(({ edit }) => edit).flatMap(({ edit }) => edited(edit)).filter(Boolean), h("p", {}, data.reports.some(({ edit }) => edit) ? found : h("b", {}, found), h("span", { class: "dim" },
    ` bgsync ${data.version} ran the steps of the text in every order in which they can happen: ${many(states, "situation")}, with ${bounds}.` +
    (data.reports.some((report) => report.interrupted) ? " It was stopped early: all this is about what was tried until then." : ""))));
  list();
  data.reports.forEach(whole);
  glossary();
  $("search").addEventListener("input", search);
  $("skip").addEventListener("click", (event) => { event.preventDefault(); $("main").focus(); });
  document.addEventListener("click", clicks);
  document.addEventListener("keydown", keys);
  window.addEventListener("popstate", follow);
  window.addEventListener("hashchange", follow);
  follow();
})();
