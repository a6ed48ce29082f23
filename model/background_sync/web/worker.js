"use strict";
// Keeps each sync event until it is told how to settle.

const begun = [];
let told = 0;

addEventListener("sync", (event) => {
  const one = { tag: event.tag, last: event.lastChance };
  event.waitUntil(new Promise((fulfil, reject) => Object.assign(one, { fulfil, reject: () => reject(one.tag) })));
  begun.push(one);
});

function settle(tag, how) {
  const one = begun.find((other) => other.tag === tag && !other.settled);
  one.settled = true;
  one[how]();
  return "";
}

const METHODS = {
  "events": () => begun.slice(told, (told = begun.length)).map(({ tag, last }) => ({ tag, last })),
  "fulfil": (tag) => settle(tag, "fulfil"),
  "reject": (tag) => settle(tag, "reject"),
  "register from the worker": (tag) =>
    registration.sync.register(tag).then(() => "resolved", (error) => error.name),
  "settle all": () => begun.filter((one) => !one.settled).forEach((one) => settle(one.tag, "fulfil")),
};

addEventListener("message", (event) => {
  const answer = Promise.resolve(METHODS[event.data.do](event.data.tag));
  event.waitUntil(answer.then((value) => event.ports[0].postMessage(value)));
});
