/**
 * Text that an earlier run of the program left unsaved, until the editor takes it up: the newest opens by itself, the others with their
 * offers, and what lost its offer meanwhile as soon as the editor is free. Read once per sign-in, and in the first window of a run only:
 * what the other windows keep is being typed there still.
 */
import type { Backend } from "../backend/backend";
import type { Draft, OfferKey } from "../backend/bindings";
import type { Store } from "./store.svelte";

export class Recovery {
  readonly #backend: Pick<Backend, "drafts" | "isFirstWindow">;
  readonly #store: Pick<Store, "get" | "currentKey">;
  /** newest first */
  #drafts: readonly Draft[] = [];
  #read = false;
  /** Counts the sign-ins: what was read for an earlier one is somebody else's. */
  #turn = 0;

  constructor(backend: Pick<Backend, "drafts" | "isFirstWindow">, store: Pick<Store, "get" | "currentKey">) {
    this.#backend = backend;
    this.#store = store;
  }

  /** Reads what there is. False: it was read before, or is not for this window. */
  async begin(): Promise<boolean> {
    if (this.#read || !this.#backend.isFirstWindow) return false;
    this.#read = true;
    const turn = this.#turn;
    const drafts = await this.#backend.drafts();
    // This text belongs to somebody who is gone.
    if (turn !== this.#turn) return false;
    this.#drafts = drafts;
    return true;
  }

  takeNewest(): Draft | null {
    const newest = this.#drafts[0];
    return newest ? this.take(this.#now(newest)) : null;
  }

  /** The text of this offer (null: of the new one), which is then the editor's. */
  take(key: OfferKey | null): Draft | null {
    const draft = this.#drafts.find((one) => this.#now(one) === key);
    this.#drafts = this.#drafts.filter((one) => one !== draft);
    return draft ?? null;
  }

  /** Text whose offer is gone: it has no card to open it with. */
  takeOrphan(): Draft | null {
    const orphan = this.#drafts.find((one) => one.key !== null && !this.#store.get(one.key));
    return orphan ? this.take(this.#now(orphan)) : null;
  }

  /** Somebody else may sign in next. */
  end(): void {
    this.#drafts = [];
    this.#read = false;
    this.#turn++;
  }

  #now({ key }: Draft): OfferKey | null {
    return key === null ? null : this.#store.currentKey(key);
  }
}
