"use strict";
// Runs the steps of a test: after each, what is seen must be one of the things that the specification allows.
// Events wait in the worker until they are told how to settle.

const SOON = 3000; // milliseconds until an event that is due has not come
const QUIET = 200; // milliseconds in which an event that is not due would come
const GONE = 1000; // milliseconds after which a worker does not answer any more

class Driven {
  static async begin(test) {
    const driven = new Driven();
    const scope = `resources/scope-${Math.random().toString(36).slice(2)}/`;
    driven.registration = await navigator.serviceWorker.register("resources/worker.js", { scope });
    driven.worker = driven.registration.installing || driven.registration.waiting || driven.registration.active;
    test.add_cleanup(async () => {
      await driven.ask({ do: "settle all" });
      await driven.registration.unregister();
    });
    while (driven.worker.state !== "activated")
      await new Promise((done) => driven.worker.addEventListener("statechange", done, { once: true }));
    return driven;
  }

  // Gives null where the worker does not answer: one that was unregistered may be gone.
  ask(message) {
    return new Promise((done) => {
      setTimeout(done, GONE, null);
      const channel = new MessageChannel();
      channel.port1.onmessage = (event) => done(event.data);
      this.worker.postMessage(message, [channel.port2]);
    });
  }

  async do({ do: name, tag }) {
    if (name === "register")
      return this.registration.sync.register(tag).then(() => "resolved", (error) => error.name);
    if (name === "unregister") {
      await this.registration.unregister();
      return "";
    }
    return this.ask({ do: name, tag });
  }

  async events(most) {
    const begun = [];
    const end = performance.now() + (most ? SOON : QUIET);
    while (performance.now() < end && (begun.length < most || most === 0)) {
      begun.push(...((await this.ask({ do: "events" })) || []));
      await new Promise((done) => setTimeout(done, 20));
    }
    begun.push(...((await this.ask({ do: "events" })) || []));
    return begun.sort((one, other) => (one.tag < other.tag ? -1 : 1));
  }

  async step(step) {
    const result = await this.do(step);
    const begun = await this.events(Math.max(...step.allowed.map((one) => one.events.length)));
    const tags = await this.registration.sync.getTags().then((all) => all.sort(), () => null);
    return { result, events: begun.map((one) => one.tag), tags, last: begun.map((one) => one.last) };
  }
}

function fits(one, other) {
  const same = (name) => JSON.stringify(one[name]) === JSON.stringify(other[name]);
  return same("result") && same("events") && (one.tags === null || other.tags === null || same("tags"));
}

function steps_test(name, steps) {
  promise_test(async (test) => {
    const driven = await Driven.begin(test);
    for (const [number, step] of steps.entries()) {
      const seen = await driven.step(step);
      const said = `${number + 1}. ${step.do} ${step.tag || ""}: ${JSON.stringify(seen)}`;
      assert_true(step.allowed.some((one) => fits(one, seen)), `${said}, allowed: ${JSON.stringify(step.allowed)}`);
      const goes = fits(step.then, seen) && step.then.last.every((last, n) => last === null || last === seen.last[n]);
      assert_implements_optional(goes || number === steps.length - 1, `${said}: allowed, and not what this is about`);
    }
  }, name);
}
