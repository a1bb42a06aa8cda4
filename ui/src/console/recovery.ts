/**
 * Text that was left unsaved and that no window shows: of an earlier run of the program, or of a window that was closed. The newest opens
 * by itself, once per sign-in and in the first window of a run only; the others come with their offers, in any window, and what lost its
 * offer meanwhile as soon as an editor is free. Which texts a window shows the engine knows: it is asked each time, and nothing is kept here.
 */
import type { Backend } from "../backend/backend";
import type { Draft, OfferKey } from "../backend/bindings";
import type { Store } from "./store.svelte";

export class Recovery {
  readonly #backend: Pick<Backend, "drafts" | "isFirstWindow">;
  readonly #store: Pick<Store, "get" | "currentKey">;
  #hasBegun = false;
  /** Counts the sign-ins: what was read for an earlier one is somebody else's. */
  #turn = 0;

  constructor(backend: Pick<Backend, "drafts" | "isFirstWindow">, store: Pick<Store, "get" | "currentKey">) {
    this.#backend = backend;
    this.#store = store;
  }

  /** To begin with. Null: there is none, it was asked for before, or it is not for this window. */
  async newest(): Promise<Draft | null> {
    if (this.#hasBegun || !this.#backend.isFirstWindow) return null;
    this.#hasBegun = true;
    const [newest] = await this.#read();
    return newest ?? null;
  }

  /** The newest about this offer (null: a new one). */
  async about(key: OfferKey | null): Promise<Draft | null> {
    const drafts = await this.#read();
    return drafts.find((one) => this.#now(one.key) === this.#now(key)) ?? null;
  }

  /** Text whose offer is gone: it has no card to open it with. */
  async orphan(): Promise<Draft | null> {
    const drafts = await this.#read();
    return drafts.find((one) => one.key !== null && !this.#store.get(one.key)) ?? null;
  }

  /** Somebody else may sign in next. */
  end(): void {
    this.#hasBegun = false;
    this.#turn++;
  }

  async #read(): Promise<readonly Draft[]> {
    const turn = this.#turn;
    const drafts = await this.#backend.drafts();
    // This text belongs to somebody who is gone.
    return turn === this.#turn ? drafts : [];
  }

  #now(key: OfferKey | null): OfferKey | null {
    return key === null ? null : this.#store.currentKey(key);
  }
}
