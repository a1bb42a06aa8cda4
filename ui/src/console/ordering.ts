/** The order in which guests see the offers, changed by hand: by keys, and by dragging. */
import type { OfferKey } from "../backend/bindings";
import type { Desk } from "./desk.svelte";

export class Ordering {
  readonly #desk: Desk;
  #busy = false;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Moves an offer by one place in the whole list. False: this is not where the order can be changed. */
  async move(key: OfferKey, by: -1 | 1): Promise<boolean> {
    const { store, canReorder } = this.#desk;
    const list = store.offers;
    const at = list.findIndex((one) => one.key === key);
    const offer = list[at];
    if (!offer) return false;
    const to = at + by;
    if (canReorder && (to < 0 || to >= list.length)) {
      store.announcement = `${offer.fields.title} is ${to < 0 ? "first" : "last"} already`;
      return false;
    }
    return this.place(offer.key, list[to < at ? to : to + 1]?.key ?? null);
  }

  /** Moves an offer before another one of the whole list, or to its end. False: as above, or it stands there. */
  async place(key: OfferKey, before: OfferKey | null): Promise<boolean> {
    const desk = this.#desk;
    if (!desk.canReorder) {
      desk.store.announcement = "The order is changed in “All”, without a search.";
      return false;
    }
    const list = desk.store.offers;
    const at = list.findIndex((one) => one.key === key);
    const place = before === null ? list.length : list.findIndex((one) => one.key === before);
    const to = place > at ? place - 1 : place;
    const offer = list[at];
    if (!offer || this.#busy || to < 0 || to === at) return false;
    this.#busy = true;
    await desk.run(() => desk.backend.reorderOffer(offer.key, before));
    this.#busy = false;
    if (desk.failure !== null) return false;
    desk.store.announcement = `${offer.fields.title} moved to place ${to + 1} of ${list.length}`;
    return true;
  }
}
