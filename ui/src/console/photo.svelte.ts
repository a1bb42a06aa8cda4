/**
 * Choosing a photo for the offer in the editor: where it comes from, what is made of it, and what went wrong on the way.
 *
 * A file is shown as soon as it is chosen; what will be sent is made from it afterwards, and anew whenever the crop changes. Whatever
 * was chosen last counts: what comes back from before is dropped. Where nothing was chosen after all, what is under way goes on.
 */
import type { Backend } from "../backend/backend";
import type { ChosenPhoto, Focus, PhotoChange, StagedPhoto } from "../backend/bindings";
import { asAppError } from "./errors";

/** What is being waited for. */
export type PhotoWork = "choosing" | "fetching" | "preparing";

export const NOTHING_TO_PASTE = "There is no picture in the clipboard.";

export class PhotoChoice {
  /** a file that was chosen, and from which nothing has been made yet */
  chosen = $state.raw<ChosenPhoto | null>(null);
  error = $state.raw<string | null>(null);
  /** names of files dropped together: one of them is to be picked */
  names = $state.raw<readonly string[] | null>(null);
  /** what is typed as the address of a picture on the web */
  address = $state("");

  /** how the picture comes that was asked for last */
  #asking = $state.raw<"choosing" | "fetching" | null>(null);
  #preparing = $state.raw(false);
  #latest = 0;
  #choices = 0;
  #settled: Promise<void> = Promise.resolve();
  readonly #backend: Backend;
  readonly #set: (change: PhotoChange) => void;

  constructor(backend: Backend, set: (change: PhotoChange) => void) {
    this.#backend = backend;
    this.#set = set;
  }

  get work(): PhotoWork | null {
    return this.#preparing ? "preparing" : this.#asking;
  }

  /** A picture is on its way from the web. */
  get fetching(): boolean {
    return this.#asking === "fetching";
  }

  /** Resolves when what was started is done, well or not. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  pick(): Promise<void> {
    return this.#take("choosing", () => this.#backend.pickPhoto());
  }

  paste(): Promise<void> {
    return this.#take("choosing", async () => {
      const pasted = await this.#backend.pastePhoto();
      if (!pasted) this.error = NOTHING_TO_PASTE;
      return pasted;
    });
  }

  /** Fetches what was typed; what could not be fetched stays, to be corrected. */
  async fetch(): Promise<void> {
    const address = this.address;
    if (!this.isTyped) return;
    await this.#take("fetching", () => this.#backend.photoAt(address));
    if (this.error === null && this.address === address) this.address = "";
  }

  /** An address that nobody has asked for yet. */
  get isTyped(): boolean {
    return this.address.trim() !== "";
  }

  /** Files were dropped: one is taken, of several one has to be picked. */
  async drop(names: readonly string[]): Promise<void> {
    this.names = names.length > 1 ? names : null;
    if (names.length === 1) await this.pickDropped(0);
  }

  pickDropped(place: number): Promise<void> {
    this.names = null;
    return this.#take("choosing", () => this.#backend.dropPhoto(place));
  }

  /** Cuts the photo to the card's shape around a point; null: the whole picture. */
  crop(photo: StagedPhoto, focus: Focus | null): Promise<void> {
    const source = photo.source;
    if (!source) return Promise.resolve();
    const done = this.#start(async (isLatest) => {
      const made = await this.#backend.preparePhoto(source.chosen, focus);
      if (isLatest()) this.#set({ set: made });
    });
    // Another picture may be on its way.
    this.#settled = Promise.all([this.#settled, done]).then(() => undefined);
    return done;
  }

  /** Forgets what is under way. */
  reset(): void {
    this.#latest++;
    this.#choices++;
    this.#settled = Promise.resolve();
    this.#asking = this.chosen = this.error = this.names = null;
    this.address = "";
    this.#preparing = false;
  }

  #take(work: "choosing" | "fetching", choose: () => Promise<ChosenPhoto | null>): Promise<void> {
    const number = ++this.#choices;
    const isAsked = () => number === this.#choices;
    const before = this.#settled;
    this.error = null;
    this.#asking = work;
    const done = choose()
      .catch((error: unknown) => {
        if (isAsked()) this.error = asAppError(error).message;
        return null;
      })
      .then((chosen) => {
        if (!isAsked()) return before;
        this.#asking = null;
        return chosen ? this.#make(chosen) : before;
      });
    this.#settled = done;
    return done;
  }

  #make(chosen: ChosenPhoto): Promise<void> {
    return this.#start(async (isLatest) => {
      this.chosen = chosen;
      const made = await this.#backend.preparePhoto(chosen, null);
      if (isLatest()) this.#set({ set: made });
    });
  }

  #start(run: (isLatest: () => boolean) => Promise<void>): Promise<void> {
    const number = ++this.#latest;
    const isLatest = () => number === this.#latest;
    this.error = null;
    this.#preparing = true;
    return run(isLatest)
      .catch((error: unknown) => {
        if (isLatest()) this.error = asAppError(error).message;
      })
      .finally(() => {
        if (!isLatest()) return;
        this.chosen = null;
        this.#preparing = false;
      });
  }
}
