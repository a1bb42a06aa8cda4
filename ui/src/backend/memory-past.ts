/**
 * What the in-memory twin remembers: each version of an offer that this computer saw, unsaved text of editors, and what happened.
 * The real ones are tables of the `cache` crate. Absent: bounds, and disk.
 */
import type { Activity, ActivityEntry, Draft, OfferFields, OfferKey, OfferVersion, Origin, Picture } from "./bindings";
import { changesBetween } from "./memory-rules";

export class Past {
  #versions: OfferVersion[] = [];

  /** A version that differs from the last one, or a deletion. */
  saw(
    key: OfferKey,
    fields: OfferFields,
    photo: Picture | null,
    origin: Origin,
    seenAt: number,
    isDeletion = false,
  ): void {
    const last = this.#versions.findLast((version) => version.key === key);
    const changes = last ? changesBetween(last.fields, fields) : [];
    const photoChanged = last !== undefined && last.photo?.hash !== photo?.hash;
    if (last && !isDeletion && !last.isDeletion && changes.length === 0 && !photoChanged) return;
    const id = this.#versions.length + 1;
    this.#versions.push({
      id,
      key,
      seenAt,
      origin,
      fields: { ...fields },
      photo,
      isDeletion,
      changes,
      photoChanged,
    });
  }

  rename(from: OfferKey, to: OfferKey): void {
    for (const version of this.#versions) if (version.key === from) version.key = to;
  }

  of(key: OfferKey): OfferVersion[] {
    return structuredClone(this.#versions.filter((version) => version.key === key).reverse());
  }

  deleted(): OfferVersion[] {
    const last = new Map(this.#versions.map((version) => [version.key, version]));
    return structuredClone([...last.values()].filter((version) => version.isDeletion).sort((a, b) => b.id - a.id));
  }

  get(id: number): OfferVersion | undefined {
    return this.#versions.find((version) => version.id === id);
  }
}

export class Drafts {
  /** by their ids */
  readonly #drafts = new Map<string, Draft>();
  /** the windows that show them, likewise */
  readonly #shownBy = new Map<string, string>();

  save(draft: Draft, savedAt: number, window: string): void {
    this.#drafts.set(draft.id, { ...structuredClone(draft), savedAt });
    this.#shownBy.set(draft.id, window);
  }

  drop(id: string): void {
    this.#drafts.delete(id);
    this.#shownBy.delete(id);
  }

  windowClosed(label: string): void {
    for (const [id, window] of this.#shownBy) if (window === label) this.#shownBy.delete(id);
  }

  signedOut(): void {
    this.#shownBy.clear();
  }

  rename(from: OfferKey, to: OfferKey): void {
    for (const draft of this.#drafts.values()) {
      if (draft.key === from) draft.key = to;
    }
  }

  /** Those that a window shows, or the others; newest first. */
  all(shown: boolean): Draft[] {
    const found = [...this.#drafts.values()].filter(({ id }) => this.#shownBy.has(id) === shown);
    return structuredClone(found.sort((a, b) => b.savedAt - a.savedAt));
  }
}

const PAGE = 200;

export class ActivityTable {
  #entries: ActivityEntry[] = [];

  add(what: Activity, at: number): ActivityEntry {
    const entry = { id: this.#entries.length + 1, at, what };
    this.#entries.push(entry);
    return entry;
  }

  before(id: number | null): ActivityEntry[] {
    const older = id === null ? this.#entries : this.#entries.slice(0, id - 1);
    return structuredClone(older.slice(-PAGE).reverse());
  }
}
