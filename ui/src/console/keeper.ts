/**
 * Keeps the text of an open editor on this computer, so that a crash loses nothing: within `DELAY_MS` of every keystroke, and at once
 * when the window loses the focus or goes. Saved or given up, it is dropped.
 *
 * A drop waits for the saves before it and a save for a drop before it; two saves need no order, since the later one holds it all.
 */
import type { Backend } from "../backend/backend";
import type { Draft } from "../backend/bindings";

export const DELAY_MS = 200;

export type Unsaved = Omit<Draft, "id" | "savedAt">;

type Where = {
  backend: Pick<Backend, "saveDraft" | "dropDraft">;
  /** what is to be kept now; null when nothing is unsaved */
  unsaved: () => Unsaved | null;
  failed: (error: unknown) => void;
};

export class DraftKeeper {
  readonly #where: Where;
  readonly #id: string;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** the engine holds the draft */
  #kept: boolean;
  #saving: Promise<unknown> = Promise.resolve();
  #dropping: Promise<unknown> | null = null;

  /** `adopted`: the draft that the text came from, which the engine holds still. */
  constructor(where: Where, adopted: Pick<Draft, "id"> | null = null) {
    this.#where = where;
    this.#id = adopted?.id ?? crypto.randomUUID();
    this.#kept = adopted !== null;
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
    if (unsaved === null) this.#drop();
    else this.#save(unsaved);
  }

  /** The text is no longer wanted. */
  giveUp(): void {
    this.#stop();
    this.#drop();
  }

  /** The session is over: the engine would refuse the text, or keep it for whoever sits here now. What it has is found again. */
  leave(): void {
    this.#stop();
    this.#kept = false;
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #save(unsaved: Unsaved): void {
    const { backend, failed } = this.#where;
    this.#kept = true;
    const save = () => backend.saveDraft({ ...unsaved, id: this.#id, savedAt: 0 }).catch(failed);
    const saved = this.#dropping === null ? save() : this.#dropping.then(save);
    this.#saving = Promise.all([this.#saving, saved]);
  }

  #drop(): void {
    if (!this.#kept) return;
    const { backend, failed } = this.#where;
    this.#kept = false;
    const drop = () => backend.dropDraft(this.#id).catch(failed);
    const dropping = this.#saving.then(drop).finally(() => {
      if (this.#dropping === dropping) this.#dropping = null;
    });
    this.#dropping = dropping;
  }
}
