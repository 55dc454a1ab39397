// Booking is measured: how many interactions and how long, from the first touch to the send.

const form = document.querySelector('[data-part="booking"]');
let first = 0;
let interactions = 0;

function count() {
  if (!first) first = performance.now();
  interactions += 1;
}

form.addEventListener("change", count);
form.addEventListener("submit", () => {
  count();
  form.elements.interactions.value = interactions;
  form.elements.ms.value = Math.round(performance.now() - first);
});

// The day's list follows what happens in the waiting rooms.
async function follow() {
  try {
    const answer = await fetch("/klinik/status", { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.ok)
      for (const { short_id: id, state } of await answer.json()) {
        const place = document.querySelector(`[data-part="state-${id}"]`);
        if (place && place.textContent !== state) place.textContent = state;
      }
  } finally {
    setTimeout(follow, 1000);
  }
}
follow();
