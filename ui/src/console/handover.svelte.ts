/**
 * Knows when somebody was last at this window, and what the offers were then. "Here" is a key or a pointer; who comes back after half an
 * hour, or after the program was closed, is told what is different since. Two windows keep one memory: the last one left counts.
 */
import type { AccountView, OfferKey, OfferVersion, ViewOffer } from "../backend/bindings";
import type { Backend } from "../backend/backend";
import { asAppError } from "./errors";
import { changeWords, countOf, type Mark, markOf, readMark, type Since, since, withOwn, writeMark } from "./handover";
import { keptHere } from "./look.svelte";

const AWAY_MS = 30 * 60_000;
/** Kept this often while somebody works: what a window writes when it closes can come too late. The first time soon. */
const KEPT_AFTER_MS = 60_000;
const FIRST_KEPT_AFTER_MS = 1_000;
/** The first of them are told in detail: each is a question to the engine. */
const DETAILED = 20;

type Parts = {
  backend: Pick<Backend, "deletedOffers" | "offerHistory">;
  offers: () => readonly ViewOffer[];
  keeper?: Pick<Storage, "getItem" | "setItem"> | null;
  now?: () => number;
};

export class Handover {
  /** null: nobody was here before, as far as this computer knows */
  mark = $state.raw<Mark | null>(null);
  /** what was deleted since, newest first; null: not read */
  deleted = $state.raw<readonly OfferVersion[] | null>(null);
  details = $state.raw<ReadonlyMap<OfferKey, string>>(new Map());
  failure = $state.raw<string | null>(null);

  readonly since: Since | null = $derived.by(() => (this.mark ? since(this.mark, this.#parts.offers()) : null));
  readonly count: number = $derived(this.since ? countOf(this.since) : 0);

  readonly #parts: Parts;
  readonly #keeper: Pick<Storage, "getItem" | "setItem"> | null;
  readonly #now: () => number;
  #name: string | null = null;
  /** `own`: what this computer has done since; null: the offer is gone */
  #last: { at: number; offers: readonly ViewOffer[]; own: Map<OfferKey, ViewOffer | null> } | null = null;
  #reads = 0;
  #keeping: ReturnType<typeof setTimeout> | null = null;
  #isKept = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#keeper = parts.keeper === undefined ? keptHere() : parts.keeper;
    this.#now = parts.now ?? (() => Date.now());
  }

  /** Somebody is signed in. */
  begin({ apiUrl, hotelSlug, username }: AccountView): void {
    const name = `hotelmate.last ${apiUrl} ${hotelSlug} ${username}`;
    if (name === this.#name) return;
    this.#name = name;
    this.#last = null;
    this.#isKept = false;
    this.mark = readMark(this.#keeper?.getItem(name) ?? null);
  }

  /** A key or a pointer: somebody is here. */
  present(): void {
    const at = this.#now();
    if (this.#last && at - this.#last.at > AWAY_MS) this.mark = this.#lastMark();
    this.#last = { at, offers: this.#parts.offers(), own: new Map() };
    this.#keeping ??= setTimeout(() => this.keep(), this.#isKept ? KEPT_AFTER_MS : FIRST_KEPT_AFTER_MS);
  }

  /** Somebody at this computer did this: it is no news. Null: the offer is gone. */
  known(key: OfferKey, offer: ViewOffer | null): void {
    this.#last?.own.set(key, offer);
    if (this.mark) this.mark = withOwn(this.mark, [[key, offer]]);
  }

  /** Somebody works, or the window may go: what was here when somebody last was. */
  keep(): void {
    if (this.#keeping !== null) clearTimeout(this.#keeping);
    this.#keeping = null;
    if (this.#name === null || !this.#last) return;
    this.#isKept = true;
    try {
      const mark = this.#lastMark();
      if (mark) this.#keeper?.setItem(this.#name, writeMark(mark));
    } catch {
      // Without room for it nothing can be told next time, which is said then.
    }
  }

  /** What the offers were when somebody was last here. What a key does comes after it, and is no news either. */
  #lastMark(): Mark | null {
    return this.#last && withOwn(markOf(this.#last.offers, this.#last.at), this.#last.own);
  }

  end(): void {
    this.keep();
    this.#name = null;
    this.#last = null;
    this.mark = null;
    this.deleted = null;
    this.details = new Map();
  }

  /** All of this is known now. */
  done(): void {
    this.mark = markOf(this.#parts.offers(), this.#now());
    this.deleted = [];
    this.present();
    this.keep();
  }

  /** Reads what only the engine knows: what was deleted, and what exactly was changed. */
  async read(): Promise<void> {
    const { mark } = this;
    if (!mark) return;
    const turn = ++this.#reads;
    try {
      const deleted = (await this.#parts.backend.deletedOffers()).filter(({ seenAt }) => seenAt > mark.at);
      const { changed = [], hidden = [], shown = [] } = this.since ?? {};
      const told = new Map<OfferKey, string>();
      for (const { key } of [...changed, ...hidden, ...shown].slice(0, DETAILED)) {
        told.set(key, changeWords(await this.#parts.backend.offerHistory(key), mark.at));
      }
      if (turn !== this.#reads) return;
      this.deleted = deleted;
      this.details = told;
      this.failure = null;
    } catch (error) {
      if (turn === this.#reads) this.failure = asAppError(error).message;
    }
  }
}
