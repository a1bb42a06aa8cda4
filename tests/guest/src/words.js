// What the tests ask the page. Put in front of every question. The embedded element's page is inside its shadow root.
const root = document.querySelector("hotelmate-offers")?.shadowRoot ?? document;
const byId = (id, within = root) => within.querySelector(`[data-testid="${CSS.escape(id)}"]`);
const allById = (id, within = root) => [...within.querySelectorAll(`[data-testid="${CSS.escape(id)}"]`)];
const words = (element) => (element?.textContent ?? "").replace(/\s+/g, " ").trim();
const offerNodes = () => allById("guest-offer");
const offerNode = (id) => offerNodes().find((node) => node.dataset.offerId === String(id)) ?? null;
const cards = () => offerNodes().map((node) => ({
  id: Number(node.dataset.offerId),
  title: words(node.querySelector("h3")),
  text: words(node.querySelector("p")),
  tag: words(node.querySelector(".tag")),
  dates: words(byId("guest-date", node)),
  book: node.querySelector("a.book")?.href ?? "",
  photo: node.querySelector("img")?.src ?? null,
}));
const isPainted = (picture) => Boolean(picture?.complete && picture.naturalWidth > 0);
