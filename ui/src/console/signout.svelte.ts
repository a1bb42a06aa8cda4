/**
 * Signing out. With nothing on its way it simply happens; otherwise the user says what shall become of the changes that are not at the
 * hotel yet: sent first, kept for the next sign-in, or dropped. The engine decides what is waiting; this is only the conversation.
 */
import type { Backend } from "../backend/backend";
import type { ViewOffer, WaitingChanges } from "../backend/bindings";
import { asAppError } from "./errors";
import type { Store } from "./store.svelte";
import { needsYou } from "./views";
import { counted } from "./words";

/** "stuck": what is left cannot be sent without a person. */
export type SignOutStep = "asking" | "sending" | "stuck";

/** Titles that fit the question; the others are counted. */
const NAMED = 4;

export class SignOut {
  /** null: nothing is asked */
  step = $state.raw<SignOutStep | null>(null);
  failure = $state.raw<string | null>(null);
  /** changes that were on their way when sending began */
  total = $state.raw(0);

  readonly #backend: Backend;
  readonly #store: Pick<Store, "connection" | "offers" | "counts">;
  /** Counts the answers given: what an earlier one leads to is no longer of interest. */
  #turn = 0;

  constructor(backend: Backend, store: Pick<Store, "connection" | "offers" | "counts">) {
    this.#backend = backend;
    this.#store = store;
  }

  /** Changes that are not at the hotel. */
  get left(): number {
    return this.#store.connection.waiting;
  }

  get offline(): boolean {
    return this.#store.connection.state !== "live";
  }

  /** How many of them only a person can move on. */
  get needy(): number {
    return this.#store.counts.attention;
  }

  /** What would be lost: titles, and words for those beyond the first few and for deletions, which have no card any more. */
  get losses(): string[] {
    const titles = this.#store.offers.filter(({ sync }) => sync !== "synced").map(loss);
    const named = titles.slice(0, NAMED);
    const others = Math.max(titles.length, this.left) - named.length;
    return others > 0 ? [...named, named.length > 0 ? `and ${others} more` : counted(others, "change")] : named;
  }

  /** Signs out, or asks when changes are waiting. Rejects with whatever else went wrong. */
  async start(): Promise<void> {
    try {
      await this.#backend.signOut(null);
    } catch (error) {
      if (asAppError(error).code !== "waiting-changes") throw error;
      this.failure = null;
      this.step = "asking";
    }
  }

  async answer(waiting: WaitingChanges): Promise<void> {
    const sending = this.step === "sending";
    const turn = ++this.#turn;
    this.failure = null;
    this.total = this.left;
    if (waiting === "send-first") this.step = "sending";
    try {
      if (sending) await this.#backend.cancelSignOut();
      await this.#backend.signOut(waiting);
      if (turn === this.#turn) this.step = null;
    } catch (error) {
      if (turn !== this.#turn) return;
      const { code, message } = asAppError(error);
      if (code === "waiting-changes") this.step = "stuck";
      else {
        this.step = "asking";
        this.failure = message;
      }
    }
  }

  /** Closes the question. What was being sent goes on its way all the same, but nobody is signed out. */
  stay(): void {
    const sending = this.step === "sending";
    this.#turn++;
    this.step = null;
    if (sending) void this.#backend.cancelSignOut().catch(() => undefined);
  }
}

function loss({ id, fields, sync }: ViewOffer): string {
  const title = fields.title || "an offer without a title";
  if (id === null) return `${title} (new)`;
  return needsYou(sync) ? `${title} (needs you)` : title;
}
