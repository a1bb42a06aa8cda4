/** What the user of one window deletes: told apart from what others delete, and to be had back in one click. */
import type { Backend } from "../backend/backend";
import type { OfferKey, ViewOffer } from "../backend/bindings";
import type { Store } from "./store.svelte";
import { undelete } from "./undelete";
import { counted } from "./words";

export class Deletions {
  readonly #backend: Backend;
  readonly #store: Store;
  /** Deleted here and still there. */
  readonly #begun = new Set<OfferKey>();

  constructor(backend: Backend, store: Store) {
    this.#backend = backend;
    this.#store = store;
  }

  async delete(key: OfferKey): Promise<void> {
    const now = this.#store.currentKey(key);
    // Not forgotten with the answer: the batch that removes the offer can come before it or after it.
    this.#begun.add(now);
    try {
      await this.#backend.deleteOffer(now);
    } catch (error) {
      this.calledOff(now);
      throw error;
    }
  }

  begun(key: OfferKey): void {
    this.#begun.add(key);
  }

  calledOff(key: OfferKey): void {
    this.#begun.delete(this.#store.currentKey(key));
  }

  renamed(from: OfferKey, to: OfferKey): void {
    if (this.#begun.delete(from)) this.#begun.add(to);
  }

  /** A deletion that waits for a decision may be called off: if the offer goes one day, it may be by somebody else's hand. */
  seen({ key, sync }: ViewOffer): void {
    if (sync === "parked") this.#begun.delete(key);
  }

  /** Everything was read anew. */
  catchUp(): void {
    for (const offer of [...this.#begun].map((key) => this.#store.get(key))) if (offer) this.seen(offer);
  }

  /** The offer has gone. True: by this user's hand. */
  removed(key: OfferKey): boolean {
    return this.#begun.delete(key);
  }

  clear(): void {
    this.#begun.clear();
  }

  /** `what`: a title, or how many. `next` brings the next one back, as it was seen last; null: all are. */
  toHaveBack(offers: readonly ViewOffer[]): { what: string; next: () => Promise<Returned | null> } | null {
    const left = [...offers];
    const [first] = left;
    if (!first) return null;
    const next = async () => {
      const [offer] = left;
      if (!offer) return null;
      const returned = await this.#bringBack(offer);
      left.shift();
      return returned;
    };
    return { what: left.length === 1 ? first.fields.title : counted(left.length, "offer"), next };
  }

  async #bringBack(offer: ViewOffer): Promise<Returned> {
    const { title } = offer.fields;
    // Its deletion waits for a decision: this is one.
    const parked = this.#store.get(offer.key);
    if (parked) {
      await this.#backend.discardChanges(parked.key);
      return { key: parked.key, title };
    }
    const { key, lacks } = await undelete(this.#backend, { ...offer, key: this.#store.currentKey(offer.key) });
    return { key, title: lacks ? `${title}, ${lacks}` : title };
  }
}

type Returned = { key: OfferKey; title: string };
