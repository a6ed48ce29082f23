// Workbox as its users have it: a Queue that is given requests, and a strategy whose plugin keeps what failed.
importScripts("/core.js", "/strategies.js", "/background-sync.js");

const number = location.search.slice(1);
const queue = new workbox.backgroundSync.Queue(`queue#${number}`);
const plugin = new workbox.backgroundSync.BackgroundSyncPlugin(`plugin#${number}`);
const strategy = new workbox.strategies.NetworkOnly({ plugins: [plugin] });

// Whether there is no room for anything more, as on a disk that is full.
let full = false;
const { add } = IDBObjectStore.prototype;
IDBObjectStore.prototype.add = function (...entry) {
  if (full) throw new DOMException("there is no room", "QuotaExceededError");
  return add.apply(this, entry);
};

function store(message) {
  const request = new Request(`/inbox${number}/queue`, { method: "POST", body: message });
  return queue.pushRequest({ request }).then(() => null, (error) => error.name);
}

addEventListener("fetch", (event) => {
  if (event.request.method === "POST") event.respondWith(strategy.handle(event));
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
