// Handles each sync event as it is told to: an event waits until `settle` is called.
const started = [];
let changed = [];

addEventListener("sync", (event) => {
  const one = { tag: event.tag, last: event.lastChance };
  event.waitUntil(new Promise((fulfil, reject) => Object.assign(one, { fulfil, reject })));
  started.push(one);
  changed.splice(0).forEach((done) => done());
});

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

const register = (tag) => registration.sync.register(tag).then(() => null, (error) => error.name);
const tags = () => registration.sync.getTags().catch(() => null);
