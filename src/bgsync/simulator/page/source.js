"use strict";
/** Where the page has its situations from: the server that it came from, or the page itself. */

/** Ask the server; it answers with JSON. */
async function ask(what, question, signal) {
  const answer = await fetch(what, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question), signal });
  if (!answer.ok) {
    const said = answer.status === 409 ? (await answer.json()).said : `the server refused it (${answer.status})`;
    throw new Error(said);
  }
  return answer;
}

const served = {
  async look(way, at) {
    return (await ask("look", { way, at })).json();
  },

  /** Find the shortest way to a goal; `progress` hears of it meanwhile. */
  async seek(way, goal, progress, signal) {
    const reader = (await ask("seek", { way, goal }, signal)).body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "", said = { said: "The search was broken off." };
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return said;
      text += value;
      const lines = text.split("\n");
      text = lines.pop();
      for (const line of lines) {
        said = JSON.parse(line);
        if (said.states) progress(said);
      }
    }
  },
};

const embedded = {
  async look(way, at) {
    const taken = [], numbers = [0];
    let unfit = null;
    for (const place of way) {
      const here = data.situations[numbers.at(-1)], choice = here && here.choices[place];
      if (!choice) { unfit = taken.length; break; }
      taken.push(choice);
      numbers.push(choice.to);
    }
    const kept = way.slice(0, taken.length), stop = Math.max(0, Math.min(at, kept.length)), here = data.situations[numbers[stop]];
    return { way: kept, at: stop, unfit, taken, scene: here ? here.scene : null, choices: here ? here.choices : [] };
  },

  async seek(way, goal) {
    const wanted = data.goals.findIndex(([id]) => id === goal);
    const start = way.reduce((number, place) => data.situations[number].choices[place].to, 0);
    if (start === null) return { said: "The run has ended here: go back first." };
    if (data.situations[start].so.includes(wanted)) return { way: [], said: "It is so here already." };
    const came = new Map([[start, []]]);
    for (const [number, steps] of came) { // it grows on the way: nearest first
      for (const [place, { to, meets }] of data.situations[number].choices.entries()) {
        if (meets.includes(wanted) || (to !== null && data.situations[to].so.includes(wanted))) return { way: [...steps, place], said: "" };
        if (to !== null && !came.has(to)) came.set(to, [...steps, place]);
      }
    }
    return { said: `There is none: no run from here comes there (${many(came.size, "state")}).` };
  },
};

const source = data.situations ? embedded : served;
