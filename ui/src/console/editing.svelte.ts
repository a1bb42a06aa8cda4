/**
 * The editor of one window, and the text in it that nobody has saved: kept on this computer while it is typed, and back where it was left.
 */
import type { Backend } from "../backend/backend";
import type { Draft, ViewOffer } from "../backend/bindings";
import { EditorSession } from "./editor.svelte";
import { DraftKeeper } from "./keeper";
import { Recovery } from "./recovery";
import type { Store } from "./store.svelte";

type Where = {
  readonly backend: Backend;
  readonly store: Store;
  readonly locale: string;
  /** unsaved text could not be kept, or not be read */
  complain(error: unknown): void;
};

export class Editing {
  /** null: nothing is being edited */
  session = $state.raw<EditorSession | null>(null);

  readonly #where: Where;
  readonly #recovery: Recovery;
  #keeper: DraftKeeper | null = null;

  constructor(where: Where) {
    this.#where = where;
    this.#recovery = new Recovery(where.backend, where.store);
  }

  /** Closes what is being edited, and goes on with this offer (null: a new one), and with this text about it. */
  begin(offer: ViewOffer | null, draft: Draft | null): EditorSession {
    this.close();
    const { backend, store, locale } = this.#where;
    const session = new EditorSession(backend, store, locale, offer, () => this.#keeper?.touch());
    if (draft) this.#takeUp(draft, session);
    else this.#keeper = this.#keeperOf(session);
    return (this.session = session);
  }

  /** What was typed last is kept now. */
  keep(): void {
    this.#keeper?.flush();
  }

  /** What was typed is saved, or not wanted. */
  close(): void {
    this.#keeper?.giveUp();
    this.#end();
  }

  /** The session is over. Whoever signs in next as the same user finds the text again. */
  leave(): void {
    this.#keeper?.leave();
    this.#end();
    this.#recovery.end();
  }

  /** Unsaved text about what has just been opened comes back, unless a window shows it. */
  async bringBack(session: EditorSession): Promise<void> {
    const draft = await this.#read(() => this.#recovery.about(session.key));
    // What was begun here meanwhile goes on: the text waits for the next time.
    if (draft && this.session === session && !session.dirty) this.#takeUp(draft, session);
  }

  /** Text that was left: the newest, once per sign-in, or one whose offer is gone. */
  left(which: "newest" | "orphan"): Promise<Draft | null> {
    return this.#read(() => this.#recovery[which]());
  }

  async #read(read: () => Promise<Draft | null>): Promise<Draft | null> {
    try {
      return await read();
    } catch (error) {
      this.#where.complain(error);
      return null;
    }
  }

  /** Text that was left unsaved goes on in this editor, and so in this window: no other is to have it meanwhile. */
  #takeUp(draft: Draft, session: EditorSession): void {
    this.#keeper?.giveUp();
    this.#keeper = this.#keeperOf(session, draft);
    session.restore(draft, this.#where.store.get(draft.key));
    if (!session.dirty) session.restoredAt = null;
    this.#keeper.touch();
    this.#keeper.flush();
  }

  #keeperOf(session: EditorSession, draft: Draft | null = null): DraftKeeper {
    const where = this.#where;
    const kept = {
      backend: where.backend,
      unsaved: () => session.unsaved,
      // That nothing can be kept stands above the list already.
      failed: (error: unknown) => {
        if (where.store.connection.storage === null) where.complain(error);
      },
    };
    return new DraftKeeper(kept, draft);
  }

  #end(): void {
    this.#keeper = null;
    this.session?.close();
    this.session = null;
  }
}
