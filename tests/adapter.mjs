// A reference: an implementation of background sync in memory, as an adapter that speaks lines of JSON.
// With "--forgets" as an argument it forgets that a tag was registered again while its event was under way.
import { createInterface } from "node:readline";

const forgets = process.argv.includes("--forgets");
let online, registrations, running, begun;

function fire(tag) {
  const known = registrations.get(tag);
  if (!online || known.state !== "pending") return;
  known.state = "firing";
  const last = known.failed === 2;
  running.push([tag, last]);
  begun.push([tag, last]);
}

const methods = {
  methods: () => Object.keys(methods).filter((name) => name !== "methods"),

  reset() {
    [online, registrations, running, begun] = [true, new Map(), [], []];
  },

  register(tag) {
    if (!registrations.has(tag)) registrations.set(tag, { state: "pending", failed: 0 });
    const known = registrations.get(tag);
    if (known.state === "waiting") known.state = "pending";
    if (known.state === "firing" && !forgets) known.state = "reregistered";
    fire(tag);
    return null;
  },

  settle(tag, fulfilled) {
    const [[, last]] = running.splice(running.findIndex(([name]) => name === tag), 1);
    const known = registrations.get(tag);
    if (known.state === "reregistered") {
      registrations.set(tag, { state: "pending", failed: 0 });
      fire(tag);
    } else if (fulfilled || last) registrations.delete(tag);
    else registrations.set(tag, { state: "waiting", failed: known.failed + 1 });
  },

  events: () => begun.splice(0),
  tags: () => [...registrations.keys()],
  go_offline: () => void (online = false),

  go_online() {
    online = true;
    [...registrations.keys()].forEach(fire);
  },

  elapse() {
    for (const [tag, known] of registrations) {
      if (known.state !== "waiting") continue;
      known.state = "pending";
      fire(tag);
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = { result: methods[question.do](...question.with) ?? null };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
