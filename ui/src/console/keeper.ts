/**
 * Keeps the text of an open editor on this computer, so that a crash loses nothing: within `DELAY_MS` of every keystroke, and at once
 * when the window loses the focus or goes. Saved or given up, it is dropped.
 *
 * A drop waits for the saves before it and a save for a drop before it; two saves need no order, since the later one holds it all.
 */
import type { Backend } from "../backend/backend";
import type { Draft, OfferKey } from "../backend/bindings";

export const DELAY_MS = 200;

export type Unsaved = Omit<Draft, "savedAt">;

type Where = {
  backend: Pick<Backend, "saveDraft" | "dropDraft">;
  /** what is to be kept now; null when nothing is unsaved */
  unsaved: () => Unsaved | null;
  /** the key an offer has now */
  currentKey: (key: OfferKey) => OfferKey;
  failed: (error: unknown) => void;
};

export class DraftKeeper {
  readonly #where: Where;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** the offer whose draft the engine holds for this editor */
  #kept: { key: OfferKey | null } | null = null;
  #saving: Promise<unknown> = Promise.resolve();
  #dropping: Promise<unknown> | null = null;

  constructor(where: Where) {
    this.#where = where;
  }

  /** The draft came from the engine, which holds it still. */
  adopt(key: OfferKey | null): void {
    this.#kept = { key };
  }

  /** Something may have changed. */
  touch(): void {
    this.#timer ??= setTimeout(() => this.flush(), DELAY_MS);
  }

  /** What waits for its moment happens now. */
  flush(): void {
    if (this.#timer === null) return;
    this.#stop();
    const unsaved = this.#where.unsaved();
    if (unsaved === null || this.#kept?.key === null) {
      // The draft of a new offer has no key: once the offer has one, it is another draft.
      if (unsaved?.key !== null) this.#drop();
    }
    if (unsaved !== null) this.#save(unsaved);
  }

  /** The text is no longer wanted. */
  giveUp(): void {
    this.#stop();
    this.#drop();
  }

  /** The session is over: the engine would refuse the text, or keep it for whoever sits here now. What it has is found again. */
  leave(): void {
    this.#stop();
    this.#kept = null;
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #save(unsaved: Unsaved): void {
    const { backend, failed } = this.#where;
    this.#kept = { key: unsaved.key };
    const save = () => backend.saveDraft({ ...unsaved, savedAt: 0 }).catch(failed);
    const saved = this.#dropping === null ? save() : this.#dropping.then(save);
    this.#saving = Promise.all([this.#saving, saved]);
  }

  #drop(): void {
    if (this.#kept === null) return;
    const { backend, currentKey, failed } = this.#where;
    const { key } = this.#kept;
    this.#kept = null;
    const drop = () => backend.dropDraft(key === null ? null : currentKey(key)).catch(failed);
    const dropping = this.#saving.then(drop).finally(() => {
      if (this.#dropping === dropping) this.#dropping = null;
    });
    this.#dropping = dropping;
  }
}
