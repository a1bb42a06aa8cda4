// What the tests ask a page. Put in front of every question; `byId`, `words` and so on are all a question needs.
const byId = (id, root = document) => root.querySelector(`[data-testid="${CSS.escape(id)}"]`);
const allById = (id, root = document) => [...root.querySelectorAll(`[data-testid="${CSS.escape(id)}"]`)];
const isShown = (element) => element !== null && element.getClientRects().length > 0;
/** What an element says: a field its value, anything else its text with the blanks of its markup folded. */
const words = (element) => {
  if (element === null) return null;
  const isField = element.matches("input, select, textarea");
  return (isField ? element.value : element.textContent).replace(/\s+/g, " ").trim();
};
/** Gives a field a value at once, as a paste or a date picker does. */
const fill = (field, value) => {
  const owner = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  // The property of the prototype: a framework may have laid its own over the element's.
  Object.getOwnPropertyDescriptor(owner.prototype, "value").set.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
};
/** `true` once a picture can be seen, `false` while it is on its way or broken, `null` where there is none. */
const isPainted = (picture) => (picture ? picture.complete && picture.naturalWidth > 0 : null);
/** An element that stands still; `null` while it, or what it is in, is being moved: what the tests' hand aims at then is elsewhere when it arrives. */
const still = (element) => {
  const moving = new Set(["transform", "translate", "scale", "height", "width", "top", "bottom", "left", "right"]);
  const moves = ({ effect, playState }) =>
    playState === "running" &&
    Number.isFinite(effect.getComputedTiming().endTime) &&
    effect.target?.contains(element) &&
    effect.getKeyframes().some((frame) => Object.keys(frame).some((name) => moving.has(name)));
  return element && !document.getAnimations().some(moves) ? element : null;
};
/** Notes whether this element is what is pressed and let go next. */
const aimAt = (element) => {
  document.aim?.abort();
  document.aim = new AbortController();
  document.isHit = null;
  const options = { capture: true, signal: document.aim.signal };
  const isOn = (event) => event.composedPath().includes(element);
  addEventListener("mousedown", (event) => (document.isHit = isOn(event)), options);
  // What a press takes away is not there to be let go.
  addEventListener("mouseup", (event) => (document.isHit &&= isOn(event) || !element.isConnected), options);
  return element;
};
/** Whether it was something else. What cannot be used says nothing of being pressed. */
const hasMissed = () => document.isHit === false;
const offerCards = () => allById("offer").map((card) => ({
  id: card.dataset.offerId,
  sync: card.dataset.sync,
  title: words(byId("offer-title", card)),
  tag: words(byId("offer-tag", card)) ?? "",
  state: words(byId("offer-state", card)) ?? "",
}));
const offerTitled = (title) => allById("offer").find((card) => words(byId("offer-title", card)) === title) ?? null;
/** The address of an offer's photo once it can be seen. Photos far from sight are not even fetched. */
const paintedPhoto = (title) => {
  const card = offerTitled(title);
  card?.scrollIntoView({ block: "nearest" });
  const photo = card && byId("offer-photo", card);
  return isPainted(photo) ? photo.src : null;
};
// The ways of drags: `[fromX, fromY, toX, toY]`, in pixels; null while something is not there.
/** From the middle of one card to the far side of another. */
const wayBehind = (card, other) => {
  const body = card?.querySelector(".body");
  if (!body || !other) return null;
  const [from, to] = [body, other].map((element) => element.getBoundingClientRect());
  const y = from.y + from.height / 2;
  return [from.x + from.width / 2, y, to.right - to.width / 8, y];
};
/** On the timeline, by so many days: a bar, or a part of it, where the bar stands for `length` days. */
const wayOnTimeline = (row, part, length, days) => {
  const bar = row && byId("timeline-bar", row);
  const held = part ? bar?.querySelector(`[data-part=${part}]`) : bar;
  if (!held) return null;
  const box = held.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  return [x, y, x + (bar.clientWidth / length) * days, y];
};
/** Why the focus cannot be seen, or `null`: fields have a caret, everything else a ring of its own or of the offer it stands for. */
const unseenFocus = () => {
  const here = document.activeElement;
  const what = () => here.outerHTML.slice(0, 160);
  if (!here || here === document.body) return "nothing has the focus";
  if (document.hasFocus() && !here.matches(":focus-visible")) return `no visible focus on ${what()}`;
  // Fields, and buttons that look like one, have a halo and another border.
  if (here.matches("input:not([type=checkbox]), textarea, [contenteditable='true'], .input")) return null;
  const rings = (element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow.includes("inset");
  };
  const stands = here.closest("[data-testid='offer']");
  const ringed = [here, ...(stands ? [stands, ...stands.querySelectorAll("td")] : [])].some(rings);
  return ringed || !document.hasFocus() ? null : `no ring on ${what()}`;
};
/** Every notice that was ever on the page since this was first asked, in order. */
const notices = () => {
  const record = (window.testNotices ??= (() => {
    const seen = new Map();
    const look = () => allById("toast").forEach((toast) => seen.set(toast, words(toast)));
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
    return { look, seen };
  })());
  record.look();
  return [...record.seen.values()];
};
