/** The offers that are marked for doing the same to all of them. They stay marked while views and searches change. */
import { SvelteSet } from "svelte/reactivity";

import type { OfferKey, ViewOffer } from "../backend/bindings";
import { counted } from "./words";

export class Marks {
  readonly keys = new SvelteSet<OfferKey>();
  /** where a range begins */
  #anchor: OfferKey | null = null;
  readonly #say: (words: string) => void;
  readonly #titleOf: (key: OfferKey) => string;

  /** `say` is told what a user who does not see the marks would not know. */
  constructor(say: (words: string) => void = () => undefined, titleOf: (key: OfferKey) => string = (key) => key) {
    this.#say = say;
    this.#titleOf = titleOf;
  }

  get size(): number {
    return this.keys.size;
  }

  toggle(key: OfferKey): void {
    const unmarked = this.keys.delete(key);
    if (!unmarked) this.keys.add(key);
    this.#anchor = key;
    this.#say(`${this.#titleOf(key)} ${unmarked ? "not marked any more" : "marked"}, ${this.size} in all`);
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
    this.#sayAll();
  }

  /** Marks the whole list; none, when all of it is marked. */
  all(list: readonly ViewOffer[]): void {
    if (list.length > 0 && list.every(({ key }) => this.keys.has(key))) return this.clear();
    for (const { key } of list) this.keys.add(key);
    this.#sayAll();
  }

  clear(): void {
    if (this.size > 0) this.#say("Nothing is marked");
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

  #sayAll(): void {
    this.#say(`${counted(this.size, "offer")} marked`);
  }
}
