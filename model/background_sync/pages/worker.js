// Handles each sync event as it is told to: an event waits until `settle` is called.
const started = [];
let changed = [];

function begin(event) {
  const one = { tag: event.tag, last: event.lastChance };
  event.waitUntil(new Promise((fulfil, reject) => Object.assign(one, { fulfil, reject })));
  started.push(one);
  changed.splice(0).forEach((done) => done());
}
addEventListener("sync", begin);
addEventListener("periodicsync", begin);

// Gives what began from the event at `from` on, when there are `count` in all, or after a second.
async function begun(from, count) {
  const end = performance.now() + 1000;
  while (started.length < count && performance.now() < end)
    await Promise.race([new Promise((done) => changed.push(done)), new Promise((done) => setTimeout(done, 50))]);
  return started.slice(from).map(({ tag, last }) => [tag, last]);
}

function settle(tag, fulfilled) {
  const one = started.find((other) => other.tag === tag && !other.settled);
  one.settled = true;
  fulfilled ? one.fulfil() : one.reject(new Error("as told"));
}

const DAY = { minInterval: 24 * 60 * 60 * 1000 };
const register = (tag, of = "sync") => registration[of].register(tag, DAY).then(() => null, (error) => error.name);
const tags = (of = "sync") => registration[of].getTags().catch(() => null);
