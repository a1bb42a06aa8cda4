/**
 * The versions of one offer, or of the offers that were deleted, that this computer saw; and going back to one of them. Read anew when
 * the offer changes. The engine keeps the versions and makes the edit that brings one back.
 */
import type { FieldChange, OfferKey, OfferVersion, ViewOffer } from "../backend/bindings";
import { asAppError } from "./errors";

/** What going back to a version would change. */
export type Return = { changes: FieldChange[]; photo: boolean };

/** `offer`: as it is now; undefined: it is deleted. */
export function returnTo({ fields, photo }: OfferVersion, offer: ViewOffer | undefined): Return {
  if (!offer) return { changes: [], photo: photo !== null };
  const names = Object.keys(fields) as (keyof typeof fields)[];
  return {
    changes: names
      .filter((field) => fields[field] !== offer.fields[field])
      .map((field) => ({ field, before: offer.fields[field], after: fields[field] })),
    photo: photo?.hash !== offer.photo?.hash,
  };
}

export const isNow = (version: OfferVersion, offer: ViewOffer | undefined): boolean => {
  if (!offer || version.isDeletion) return false;
  const { changes, photo } = returnTo(version, offer);
  return changes.length === 0 && !photo;
};

export class Versions {
  /** newest first; null: not read yet */
  list = $state.raw<readonly OfferVersion[] | null>(null);
  failure = $state.raw<string | null>(null);
  /** the version the user is asked about */
  asked = $state.raw<number | null>(null);
  restoring = $state.raw(false);

  readonly #read: () => Promise<OfferVersion[]>;
  readonly #restore: (id: number) => Promise<OfferKey>;
  #reads = 0;

  constructor(read: () => Promise<OfferVersion[]>, restore: (id: number) => Promise<OfferKey>) {
    this.#read = read;
    this.#restore = restore;
  }

  async load(): Promise<void> {
    const turn = ++this.#reads;
    try {
      const list = await this.#read();
      if (turn !== this.#reads) return;
      this.list = list;
      this.failure = null;
      if (!list.some(({ id }) => id === this.asked)) this.asked = null;
    } catch (error) {
      if (turn === this.#reads) this.failure = asAppError(error).message;
    }
  }

  /** The key of the offer to show; null: it failed, which is said. */
  async restore(id: number): Promise<OfferKey | null> {
    if (this.restoring) return null;
    this.restoring = true;
    this.failure = null;
    try {
      const key = await this.#restore(id);
      this.asked = null;
      return key;
    } catch (error) {
      this.failure = asAppError(error).message;
      return null;
    } finally {
      this.restoring = false;
    }
  }
}
