// Runs before anything of the page: notes when the first offer was painted and when live updates were asked for, and whatever goes wrong.
const notes = { firstOffer: null, live: null, troubles: [], shift: 0 };
Object.defineProperty(window, "notes", { value: notes });
addEventListener("error", (event) => notes.troubles.push(`error: ${event.message ?? event.target?.src}`), false);
addEventListener("unhandledrejection", (event) => notes.troubles.push(`unhandled: ${event.reason}`));
addEventListener("securitypolicyviolation", (event) => notes.troubles.push(`${event.violatedDirective}: ${event.blockedURI}`));
new MutationObserver((_, observer) => {
  const root = document.querySelector("hotelmate-offers")?.shadowRoot ?? document;
  if (!root.querySelector('[data-testid="guest-offer"]')) return;
  observer.disconnect();
  // The frame after the one that this change is drawn in.
  requestAnimationFrame(() => setTimeout(() => (notes.firstOffer = performance.now())));
}).observe(document, { subtree: true, childList: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) notes.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...given) {
    notes.live ??= performance.now();
    super(...given);
  }
};
