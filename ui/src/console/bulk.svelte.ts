/**
 * The same done to many offers: one single command after the other, so that each is queued, merged and undoable like any edit, and one
 * that fails stops none of the others. Keeps what came of each until somebody has read it.
 */
import type { Backend } from "../backend/backend";
import type { OfferKey, ViewOffer } from "../backend/bindings";
import { type Deed, deedWords, stepOf } from "./deeds";
import { photoForCopy, withoutPhoto } from "./copies";
import { asAppError } from "./errors";

/** `of`: the offer it was to be done to. `key`: the offer to show, if it is there; of a copy, the copy. */
export type Result = {
  of: OfferKey;
  key: OfferKey;
  title: string;
  came: "done" | "skipped" | "failed";
  words: string;
};

type Commands = Pick<Backend, "createOffer" | "updateOffer" | "deleteOffer" | "photoAgain">;
/** An offer when the deed began. */
type Wanted = Pick<ViewOffer, "key" | "fields">;

export class Bulk {
  deed = $state.raw<Deed | null>(null);
  total = $state.raw(0);
  results = $state.raw<readonly Result[]>([]);
  running = $state.raw(false);

  readonly #commands: Commands;
  /** The offer as it is now: another change may have come since the deed began. */
  readonly #get: (key: OfferKey) => ViewOffer | undefined;
  #stopped = false;

  constructor(commands: Commands, get: (key: OfferKey) => ViewOffer | undefined) {
    this.#commands = commands;
    this.#get = get;
  }

  async run(deed: Deed, offers: readonly Wanted[]): Promise<void> {
    if (this.running || offers.length === 0) return;
    this.deed = deed;
    this.total = offers.length;
    this.results = [];
    this.running = true;
    this.#stopped = false;
    for (const wanted of offers) {
      if (this.#stopped) break;
      const result = await this.#one(deed, wanted);
      if (this.deed === deed) this.results = [...this.results, result];
    }
    this.running = false;
  }

  /** What is under way is finished; nothing more is begun. */
  stop(): void {
    this.#stopped = true;
  }

  dismiss(): void {
    if (this.running) return;
    this.deed = null;
    this.results = [];
  }

  /** Whoever signs in next has other offers. */
  leave(): void {
    this.stop();
    this.deed = null;
    this.results = [];
  }

  counts(): Record<Result["came"], number> {
    const counts = { done: 0, skipped: 0, failed: 0 };
    for (const { came } of this.results) counts[came]++;
    return counts;
  }

  /** `3 of 5 hidden from guests, 1 failed`. */
  summary(): string {
    if (!this.deed) return "";
    const { done, skipped, failed } = this.counts();
    const { doing, done: words } = deedWords(this.deed);
    if (this.running) return `${doing}: ${this.results.length} of ${this.total}`;
    const left = this.total - this.results.length;
    const parts = [done === this.total ? `${done} ${words}` : `${done} of ${this.total} ${words}`];
    if (skipped > 0) parts.push(`${skipped} left as ${skipped === 1 ? "it was" : "they were"}`);
    if (failed > 0) parts.push(`${failed} failed`);
    if (left > 0) parts.push(`${left} not begun`);
    return parts.join(", ");
  }

  async #one(deed: Deed, { key, fields }: Wanted): Promise<Result> {
    const offer = this.#get(key);
    if (!offer) return { of: key, key, title: fields.title, came: "skipped", words: "no longer there" };
    const { title } = offer.fields;
    const step = stepOf(offer, deed);
    const about = { of: offer.key, key: offer.key, title };
    const done = (words = "", shown = offer.key): Result => ({ ...about, key: shown, came: "done", words });
    try {
      switch (step.do) {
        case "nothing":
          return { ...about, came: "skipped", words: step.because };
        case "update":
          await this.#commands.updateOffer(offer.key, step.patch, null);
          return done();
        case "delete":
          await this.#commands.deleteOffer(offer.key);
          return done();
        case "create": {
          const photo = await photoForCopy(this.#commands, offer);
          return done(photo ? "" : withoutPhoto(offer), await this.#commands.createOffer(step.fields, photo));
        }
      }
    } catch (error) {
      return { ...about, came: "failed", words: asAppError(error).message };
    }
  }
}
