/** The offers that are marked for doing the same to all of them. They stay marked while views and searches change. */
import { SvelteSet } from "svelte/reactivity";

import type { OfferKey, ViewOffer } from "../backend/bindings";

export class Marks {
  readonly keys = new SvelteSet<OfferKey>();
  /** where a range begins */
  #anchor: OfferKey | null = null;

  get size(): number {
    return this.keys.size;
  }

  toggle(key: OfferKey): void {
    if (!this.keys.delete(key)) this.keys.add(key);
    this.#anchor = key;
  }

  /** Marks all from the last one touched, or else `start`, to `key`, as they stand in `list`. */
  extend(key: OfferKey, list: readonly ViewOffer[], start: OfferKey | null): void {
    const place = (one: OfferKey | null) => list.findIndex((offer) => offer.key === one);
    const to = place(key);
    const anchored = place(this.#anchor);
    const from = anchored >= 0 ? anchored : place(start);
    if (to < 0) return;
    const [low, high] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
    for (const offer of list.slice(low, high + 1)) this.keys.add(offer.key);
    this.#anchor = from < 0 ? key : (list[from]?.key ?? key);
  }

  /** Marks the whole list; none, when all of it is marked. */
  all(list: readonly ViewOffer[]): void {
    if (list.length > 0 && list.every(({ key }) => this.keys.has(key))) return this.clear();
    for (const { key } of list) this.keys.add(key);
  }

  clear(): void {
    this.keys.clear();
    this.#anchor = null;
  }

  renamed(from: OfferKey, to: OfferKey): void {
    if (this.keys.delete(from)) this.keys.add(to);
    if (this.#anchor === from) this.#anchor = to;
  }

  /** It is gone, or what it was marked for is done. */
  unmark(key: OfferKey): void {
    this.keys.delete(key);
    if (this.#anchor === key) this.#anchor = null;
  }
}
