// The host's list of who is expected, on the way, waiting or gone; a chime and a line when somebody comes.

import { chime } from "./devices.js";

const announced = new Set();
let rowsShown = [];
let since = 0;

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function showList(list, rows, words, { admit, deny }) {
  const fresh = rows.filter((row) => row.state === "waiting" && !announced.has(row.id));
  for (const row of fresh) announced.add(row.id);
  if (fresh.length) {
    chime();
    document.querySelector('[data-part="announce"]').textContent = words.arrived.replace("#", fresh[0].label);
  }
  rowsShown = rows;
  since = performance.now();
  list.replaceChildren(
    ...rows.map((row) => {
      const item = document.createElement("li");
      item.dataset.state = row.state;
      const name = document.createElement("strong");
      name.textContent = row.label;
      const state = document.createElement("span");
      state.className = "state";
      state.textContent = words[`state_${row.state}`];
      const waited = document.createElement("span");
      waited.className = "waited";
      waited.dataset.id = row.id;
      item.append(name, state, waited);
      if (row.state === "waiting") {
        const open = document.createElement("button");
        open.type = "button";
        open.className = "primary";
        open.textContent = words.admit;
        open.addEventListener("click", () => admit(row.id), { once: true });
        const close = document.createElement("button");
        close.type = "button";
        close.textContent = words.deny;
        close.addEventListener("click", () => deny(row.id), { once: true });
        item.append(open, close);
      }
      return item;
    }),
  );
  tick(list);
}

function tick(list) {
  const later = Math.floor((performance.now() - since) / 1000);
  for (const row of rowsShown) {
    if (row.waited_s === null) continue;
    const place = list.querySelector(`[data-id="${row.id}"]`);
    if (place) place.textContent = clock(row.waited_s + later);
  }
}

setInterval(() => {
  const list = document.querySelector('[data-part="list"]');
  if (list) tick(list);
}, 1000);
