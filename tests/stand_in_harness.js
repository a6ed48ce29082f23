"use strict";
// A small stand-in for testharness.js: just what the tests of `bgsync wpt` use of it. `finished` gives their results.

const results = [];
let last = Promise.resolve();
let finished = null;

class OptionalFeatureUnsupportedError extends Error {}

function assert_true(actual, description) {
  if (actual !== true) throw new Error(description);
}

function assert_implements_optional(condition, description) {
  if (!condition) throw new OptionalFeatureUnsupportedError(description);
}

function promise_test(body, name) {
  last = finished = last.then(async () => {
    const cleanups = [];
    const result = { name, status: "pass", message: "" };
    try {
      await body({ add_cleanup: (cleanup) => cleanups.push(cleanup) });
    } catch (error) {
      result.status = error instanceof OptionalFeatureUnsupportedError ? "precondition failed" : "fail";
      result.message = error.message;
    }
    for (const cleanup of cleanups) await cleanup();
    results.push(result);
    return results;
  });
}
