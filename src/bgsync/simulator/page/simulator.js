"use strict";
(() => {
  let here = { way: [], at: 0, taken: [], choices: [], scene: null };
  let turn = 0; // which of several questions is the last one that was asked
  let doing = Promise.resolve(); // keys are followed one after the other, however fast they come
  const SLOW = 300; // after how many milliseconds it is said that something takes its time
  let search = null; // what ends the search that runs

  // --- the address

  const written = (way) => way.map((place) => place.toString(36)).join(".");
  const address = () => `#of=${data.key}&way=${written(here.way)}&at=${here.at}`;

  /** Read a way out of the address; null where it is of another text or question. */
  function asked() {
    const said = new URLSearchParams(location.hash.slice(1));
    if (!said.get("of")) return { way: data.begin, at: data.begin.length };
    if (said.get("of") !== data.key) return null;
    const parts = (said.get("way") || "").split(".").filter(Boolean);
    const way = parts.map((part) => (/^[0-9a-z]{1,4}$/.test(part) ? parseInt(part, 36) : 1e6));
    const at = Number(said.get("at") ?? way.length);
    return { way, at: Number.isInteger(at) ? at : way.length };
  }

  async function follow() {
    const wanted = asked();
    await go(wanted ? wanted.way : [], wanted ? wanted.at : 0, "replace");
    if (!here.unfit && data.note && wanted && wanted.way === data.begin) notice(data.note);
    if (!wanted) notice("This link is of another text, or of another question about it: it cannot be followed here. This is the start.");
  }

  // --- moving about

  /** Go to a place on a way. `how` says what becomes of the address that was. */
  async function go(way, at, how = "push") {
    const mine = ++turn;
    const slow = setTimeout(() => { $("count").textContent = "working …"; }, SLOW);
    document.body.setAttribute("aria-busy", "true");
    try {
      const found = await source.look(way, at);
      if (mine !== turn) return;
      here = found;
      clearTimeout(slow);
      notice(found.unfit === null ? "" : `This link does not fit the text: after ${many(found.unfit, "step")} it asks for one that cannot be taken. It was followed as far as it goes.`);
      draw();
      if (how === "push" && address() !== location.hash) history.pushState(null, "", address());
      else if (how === "replace") history.replaceState(null, "", address());
    } catch (error) {
      if (mine === turn) notice(error instanceof TypeError ? "There is no answer: bgsync explore has ended. Start it again; what stands after the # in this address leads back here." : `${error.message}`);
    } finally {
      clearTimeout(slow);
      if (mine === turn) document.body.removeAttribute("aria-busy");
    }
  }

  const to = (at) => go(here.way, at);
  const take = (place) => go([...here.way.slice(0, here.at), place], here.at + 1);

  function notice(text) {
    $("notice").hidden = !text;
    $("notice").textContent = text;
  }

  // --- what is shown

  const broken = (breaks) => breaks.map(([property, sentence, message]) => h("p", { class: "breach" }, h("span", { class: "violated" }, "✗ breaks "), h("b", {}, property), `: ${message}. `, h("span", { class: "dim" }, sentence)));
  const place = (algorithm, step) => step ? h("button", { class: "link place", "data-show": `${algorithm} ${step}` }, `${algorithm} ${step}`) : null;

  function lines(step) {
    return h("ol", { class: "through" }, step.lines.map(([algorithm, number, text, changes]) => h("li", {}, place(algorithm, number), number ? " " : null, text,
      changes.map((change) => h("span", { class: "change" }, change)))));
  }

  /** The one line of a step, without what its title says already. */
  function line({ title, lines: [[algorithm, number, text, changes]] }) {
    const more = changes.filter((change) => !title.includes(change));
    if (!number && !more.length) return null;
    return h("p", { class: "through" }, place(algorithm, number), number && !title.startsWith(text) ? ` ${text}` : null, more.map((change) => h("span", { class: "change" }, change)));
  }

  function draw() {
    const { taken, at, way, scene, choices } = here, last = at ? taken[at - 1] : null;
    $("count").textContent = way.length ? `${at} of ${way.length}` : "the start";
    for (const [act, can] of [["first", at > 0], ["back", at > 0], ["on", at < way.length], ["last", at < way.length]]) {
      document.querySelector(`[data-act=${act}]`).setAttribute("aria-disabled", String(!can));
    }
    $("last").replaceChildren(...(last ? [h("b", {}, `${at}. ${last.who.split(":")[0]}: `), `${last.title}.`, ...broken(last.breaks), last.aside ? h("p", { class: "aside" }, last.aside) : "", (last.lines.length === 1 ? line(last) : lines(last)) || ""]
      : [h("b", {}, "The start. "), "Nothing has happened yet."]));
    $("last").scrollTop = 0;
    judge(scene, taken.slice(0, at));
    $("now").replaceChildren(...(scene ? scene.panels.map(panel) : [h("p", {}, "The run has ended.")]));
    offer(choices, way[at]);
    list();
    mark(last, scene);
  }

  function panel([title, rows, none]) {
    return h("section", { "aria-label": title }, h("h3", {}, title), rows.length ? h("table", { class: "values" }, h("tbody", {}, rows.map(([name, value, where]) =>
      h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value, where ? [" ", h("button", { class: "link", "data-show": where, "aria-label": `Show ${where} in the text` }, "show")] : null))))) : h("p", { class: "dim" }, none));
  }

  /** What is broken by the way here, and what has to happen still. */
  function judge(scene, taken) {
    const found = taken.flatMap(({ breaks }, step) => breaks.map((one) => [...one, step + 1])), so = scene ? scene.broken : [], owed = scene ? scene.owed : [];
    $("judged").replaceChildren(
      h("section", { "aria-label": "Properties" }, h("h3", {}, "Properties"),
        found.length || so.length ? h("ul", { class: "plain" }, so.map(([property, , message]) => h("li", {}, h("span", { class: "violated" }, "✗ broken here: "), h("b", {}, property), ` ${message}`)),
          found.map(([property, said, message, step]) => h("li", {}, h("span", { class: "violated" }, "✗ broken: "), h("b", { title: said }, property), ` ${message} `, h("button", { class: "link", "data-at": step }, `at step ${step}`)))) : h("p", { class: "holds" }, "✓ Nothing is broken on the way here."),
        owed.length ? [h("p", { class: "owed" }, "Still owed:"), h("ul", { class: "plain" }, owed.map(([property, said, about]) => h("li", {}, h("span", { class: "inconclusive" }, "… "), h("b", {}, property), about ? ` (${about})` : null, h("span", { class: "dim" }, ` ${said} `), never(property))))] : null));
  }

  /** A button that looks for a run from here in which what is owed is never given. */
  function never(property) {
    const goal = `never:${property.split("/")[0]}`;
    return data.goals.some(([id]) => id === goal) ? h("button", { class: "link", "data-goal": goal, "aria-label": `A run from here in which ${property} is never given` }, "never given?") : null;
  }

  const MOST = 12; // how many steps of one participant are shown unfolded

  function offer(choices, took) {
    const groups = new Map();
    choices.forEach((choice, number) => groups.set(choice.who, [...(groups.get(choice.who) || []), offered(choice, number, number === took)]));
    const some = (items) => h("ul", { class: "choices" }, items);
    $("next").replaceChildren(...[...groups].map(([who, items]) => h("section", { "aria-label": who }, h("h3", {}, who), some(items.slice(0, MOST)),
      items.length > MOST ? h("details", {}, h("summary", {}, `${items.length - MOST} more`), some(items.slice(MOST))) : null)));
    if (!choices.length) $("next").append(h("p", {}, here.scene ? "Nothing can happen here any more." : "The run has ended: go back."));
    $("next").scrollTop = 0;
  }

  /** A step that can be taken: a button, and below it what its title does not say. */
  function offered(choice, number, took) {
    const { title, lines: through, aside, breaks, ends } = choice, key = number < 9 ? number + 1 : "·";
    const more = through.length > 1 || aside;
    return h("li", {},
      h("button", { class: "choice", "data-take": number, "aria-current": took ? "step" : null }, h("span", { class: "key", "aria-hidden": "true" }, key),
        h("span", {}, sentence(title), ends ? h("em", {}, " (the run ends)") : null, breaks.map(([property]) => h("span", { class: "violated" }, ` ✗ breaks ${property}`)))),
      more ? h("details", {}, h("summary", {}, through.length > 1 ? many(through.length, "step") : "more"), aside ? h("p", { class: "dim" }, aside) : null, lines(choice))
        : through.length ? line(choice) : null);
  }

  function list() {
    const { taken, at } = here;
    $("way").replaceChildren(h("ol", { class: "steps-taken", start: 0 }, h("li", {}, h("button", { class: "link", "data-at": 0, "aria-current": at === 0 ? "step" : null }, "The start")),
      taken.map(({ who, title, breaks }, step) => h("li", { class: step >= at ? "ahead" : null }, h("button", { class: "link", "data-at": step + 1, "aria-current": at === step + 1 ? "step" : null }, sentence(title)),
        h("span", { class: "dim" }, ` ${who.split(":")[0]}`), breaks.map(([property]) => h("span", { class: "violated" }, ` ✗ ${property}`))))));
    const current = $("way").querySelector("[aria-current]");
    if (current) reveal($("way"), current.parentElement);
  }

  /** Mark in the text what has just been taken, and where each invocation stands. */
  function mark(last, scene) {
    const taken = new Set((last ? last.lines : []).map(([algorithm, step]) => `${algorithm} ${step}`)), standing = new Map();
    for (const [algorithm, step, name] of scene ? scene.next : []) standing.set(`${algorithm} ${step}`, [...(standing.get(`${algorithm} ${step}`) || []), name]);
    let first = null;
    for (const item of $("text").querySelectorAll("li")) {
      const name = item.dataset.step, names = standing.get(name);
      item.querySelector(".stands")?.remove();
      item.classList.toggle("stood", Boolean(names));
      if (names) item.querySelector(".number + span").append(h("span", { class: "stands" }, `${names.join(", ")} ${names.length > 1 ? "are" : "is"} here`));
      if (taken.has(name)) { item.setAttribute("aria-current", "step"); first ||= item; } else item.removeAttribute("aria-current");
    }
    first ||= $("text").querySelector(".stood");
    if (first) reveal($("text"), first);
  }

  function show(name) {
    const item = [...$("text").querySelectorAll("li")].find((each) => each.dataset.step === name);
    if (!item) return;
    item.scrollIntoView({ block: "nearest" });
    reveal($("text"), item);
    for (const other of $("text").querySelectorAll(".shown")) other.classList.remove("shown");
    item.classList.add("shown");
  }

  // --- take me to …

  function goals() {
    const groups = new Map();
    for (const [id, heading, name] of data.goals) groups.set(heading, [...(groups.get(heading) || []), [id, name]]);
    $("goal-list").replaceChildren(...[...groups].map(([heading, mine]) => h("section", { class: "goal-group" }, h("h3", {}, `${heading} …`), h("ul", { class: "goal-names" },
      mine.map(([id, name]) => h("li", { "data-words": `${heading} ${name}`.toLowerCase() }, h("button", { "data-goal": id }, name)))))));
  }

  function narrow() {
    const wanted = $("goal-search").value.trim().toLowerCase();
    for (const item of $("goal-list").querySelectorAll("[data-words]")) item.classList.toggle("hidden", !item.dataset.words.includes(wanted));
    for (const group of $("goal-list").querySelectorAll(".goal-group")) group.classList.toggle("hidden", !group.querySelector("li:not(.hidden)"));
  }

  async function seek(goal) {
    stop();
    open("goals");
    const mine = search = new AbortController(), way = here.way.slice(0, here.at);
    const [, heading, name] = data.goals.find(([id]) => id === goal), what = `“${heading} ${name}”`;
    $("progress").textContent = `Looking for the nearest: ${what} …`;
    $("stop").hidden = false;
    try {
      const found = await source.seek(way, goal, ({ states, depth }) => { $("progress").textContent = `Looking for ${what}: ${many(states, "state")}, ${depth ? `${many(depth, "step")} away ` : ""}…`; }, mine.signal);
      if (mine !== search) return;
      $("progress").textContent = `${what}: ${found.way && found.way.length ? `${many(found.way.length, "step")} away.` : found.said}`;
      if (found.way && found.way.length) {
        $("goals").close();
        const whole = found.start ? found.way : [...way, ...found.way];
        await go(whole, whole.length);
        if (found.said) notice(found.said);
      }
    } catch (error) {
      if (mine === search) $("progress").textContent = mine.signal.aborted ? "Stopped." : error instanceof TypeError ? "There is no answer: bgsync explore has ended." : error.message;
    } finally {
      if (mine === search) { search = null; $("stop").hidden = true; }
    }
  }

  function stop() {
    if (search) search.abort();
  }

  // --- keys and clicks

  const open = (name) => { if (!document.querySelector("dialog[open]")) $(name).showModal(); };
  const ACTS = {
    first: () => to(0), back: () => here.at > 0 && to(here.at - 1), on: () => here.at < here.way.length && to(here.at + 1), last: () => to(here.way.length),
    goal: () => { $("progress").textContent = ""; open("goals"); $("goal-search").focus(); }, help: () => open("help"), stop,
    close: () => { stop(); document.querySelector("dialog[open]")?.close(); },
    down: () => pick(1), up: () => pick(-1), next: () => $("next").querySelector(".choice")?.focus(), text: () => $("text").focus(), way: () => ($("way").querySelector("[aria-current]") || $("way").querySelector("button")).focus(),
  };
  const KEYS = [
    [["ArrowLeft", "u"], "back", "one step back (undo); Ctrl+Z, too"], [["ArrowRight", "r"], "on", "one step on along the way (redo); Ctrl+Y, too"],
    [["Home"], "first", "to the start"], [["End"], "last", "to the end of the way"],
    [["j", "ArrowDown"], "down", "the next of the steps that can be taken; Enter takes it"], [["k", "ArrowUp"], "up", "the one before it"],
    [["n"], "next", "to the steps that can be taken"], [["t"], "text", "to the text, to scroll in it"], [["w"], "way", "to the way here"],
    [["g"], "goal", "take me to …"], [["?"], "help", "these keys"], [["Escape"], "close", "close what is open, and stop a search"],
  ];
  const NAMES = { ArrowLeft: "←", ArrowRight: "→", ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc" };
  const ACT_OF = new Map(KEYS.flatMap(([keys, act]) => keys.map((key) => [key, act])));

  /** Go to the next of the steps that can be taken, or the one before. */
  function pick(by) {
    const all = [...$("next").querySelectorAll(".choice")].filter((each) => each.checkVisibility()), now = all.indexOf(document.activeElement);
    const item = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : (now + by + all.length) % all.length];
    if (item) { item.focus(); item.scrollIntoView({ block: "nearest" }); }
  }

  function keys(event) {
    const typing = event.target.matches("input"), undo = { z: event.shiftKey ? "on" : "back", y: "on" }[event.key.toLowerCase()];
    if (event.altKey || typing || document.querySelector("dialog[open]")) return;
    let act = ACT_OF.get(event.key);
    if (event.ctrlKey || event.metaKey) act = undo;
    else if (/^[1-9]$/.test(event.key)) { soon(() => Number(event.key) <= here.choices.length && take(Number(event.key) - 1)); event.preventDefault(); return; }
    if (act && ["up", "down"].includes(act) && event.key.startsWith("Arrow") && event.target.matches(".scroll, .told, #way *")) return; // it scrolls
    if (!act || act === "close") return;
    soon(ACTS[act]);
    event.preventDefault();
  }

  const soon = (act) => { doing = doing.then(act); };

  function clicks(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const { act, take: number, at, show: name, goal } = button.dataset;
    if (act) ACTS[act]();
    else if (number !== undefined) take(Number(number)).then(() => $("next-title").scrollIntoView({ block: "nearest" }));
    else if (at !== undefined) to(Number(at));
    else if (name !== undefined) show(name);
    else if (goal !== undefined) seek(goal);
  }

  // --- begin

  document.title = `${data.title} (bgsync simulator)`;
  $("title").textContent = data.title;
  $("bounds").textContent = Object.entries(data.bounds).map(([name, value]) => `${name} ${value}`).join(", ");
  $("text").append(...algorithms(data, data.algorithms.map(({ name }) => name)).filter(Boolean));
  $("keys").append(h("tbody", {}, KEYS.map(([names, , what]) => h("tr", {}, h("th", { scope: "row" }, names.map((name) => [h("kbd", {}, NAMES[name] || name), " "])), h("td", {}, what))),
    h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, "1"), " … ", h("kbd", {}, "9")), h("td", {}, "take the step with this number"))));
  goals();
  $("goal-search").addEventListener("input", narrow);
  $("goals").addEventListener("close", stop);
  $("skip").addEventListener("click", (event) => { event.preventDefault(); ACTS.next(); });
  document.addEventListener("click", clicks);
  document.addEventListener("keydown", keys);
  window.addEventListener("popstate", () => soon(follow));
  soon(follow);
})();
