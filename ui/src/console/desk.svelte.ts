/**
 * The console of one window: which view, what is searched for, which offer is selected, what is being edited, and the question that
 * stands in between. Two windows have two desks; they share nothing but the hotel.
 */
import type { Backend } from "../backend/backend";
import type { Notice, OfferKey, ViewChange, ViewOffer } from "../backend/bindings";
import { EditorSession } from "./editor.svelte";
import { asAppError } from "./errors";
import { matches, searchTerms } from "./search";
import { Store } from "./store.svelte";
import { inView, type ViewName } from "./views";

export type Question =
  | { about: "delete"; offer: ViewOffer }
  /** unsaved edits would be lost; `then` goes on */
  | { about: "leave"; title: string; then: () => void }
  /** drop what waits, is parked or in conflict */
  | { about: "discard"; offer: ViewOffer }
  | { about: "sign-out"; waiting: number };

export class Desk {
  readonly store: Store;
  readonly backend: Backend;
  readonly locale: string;
  view = $state.raw<ViewName>("all");
  query = $state.raw("");
  selected = $state.raw<OfferKey | null>(null);
  editor = $state.raw<EditorSession | null>(null);
  question = $state.raw<Question | null>(null);
  /** a command failed that has no place of its own on screen */
  failure = $state.raw<string | null>(null);

  readonly visible: readonly ViewOffer[] = $derived.by(() => {
    const terms = searchTerms(this.query);
    const view = this.view;
    if (view === "all" && terms.length === 0) return this.store.offers;
    return this.store.offers.filter((offer) => inView(offer, view) && matches(offer, terms));
  });

  /** The offer being edited, as the engine shows it. */
  readonly edited: ViewOffer | undefined = $derived.by(() => this.store.get(this.editor?.key ?? null));

  readonly #deleting = new Set<OfferKey>();
  readonly #notify: (notice: Notice) => void;

  /** `notify` is told of what others did that this window's user would want to know. */
  constructor(backend: Backend, locale: string, notify: (notice: Notice) => void = () => undefined) {
    this.backend = backend;
    this.locale = locale;
    this.#notify = notify;
    this.store = new Store(backend, (change) => this.#follow(change));
  }

  get signedOut(): boolean {
    return this.store.session?.state === "signed-out";
  }

  show(view: ViewName): void {
    this.view = view;
  }

  /** Selects an offer. An open editor with nothing to lose goes along. */
  select(key: OfferKey): void {
    this.selected = key;
    if (this.editor && !this.editor.dirty && this.editor.key !== key) this.#open(key);
  }

  /** A click on a card: the editor opens on it, unless it holds unsaved work on another. */
  choose(key: OfferKey): void {
    this.selected = key;
    if (!this.editor?.dirty && this.editor?.key !== key) this.#open(key);
  }

  edit(key: OfferKey): void {
    this.selected = key;
    if (this.editor?.key === key) this.editor.summons++;
    else {
      this.#leaving(() => {
        this.#open(key);
        if (this.editor) this.editor.summons++;
      });
    }
  }

  /** Brings an offer into sight, whatever view and search hide it. */
  reveal(key: OfferKey): void {
    const now = this.store.currentKey(key);
    if (!this.visible.some((offer) => offer.key === now)) {
      this.view = "all";
      this.query = "";
    }
    this.choose(now);
  }

  create(): void {
    if (this.editor && this.editor.key === null && !this.editor.dirty) {
      this.editor.summons++;
      return;
    }
    this.#leaving(() => {
      this.selected = null;
      this.editor = new EditorSession(this.backend, this.store, this.locale, null);
      this.editor.summons++;
    });
  }

  /** Saves what is being edited, or sends the versions picked in a conflict. */
  async save(): Promise<void> {
    const editor = this.editor;
    if (!editor) return;
    const conflicts = this.edited?.sync === "conflict" ? this.edited.conflicts : [];
    const picking = conflicts.length > 0 && !editor.dirty;
    if (picking && conflicts.some(({ field }) => editor.picks[field] === undefined)) return;
    const done = await (picking ? editor.sendPicks() : editor.save());
    if (done && this.editor === editor) this.selected = editor.key;
  }

  closeEditor(): void {
    this.#leaving(() => (this.editor = null));
  }

  /** Arrow keys: `by` offers further in what is visible. */
  move(by: number): void {
    // With nothing selected the focus is on the first.
    const at = Math.max(
      0,
      this.visible.findIndex((offer) => offer.key === this.selected),
    );
    const offer = this.visible[Math.min(this.visible.length - 1, Math.max(0, at + by))];
    if (offer) this.select(offer.key);
  }

  ask(question: Question): void {
    this.question = question;
  }

  askDelete(key: OfferKey | null): void {
    const offer = this.store.get(key);
    if (offer) this.ask({ about: "delete", offer });
  }

  async confirm(): Promise<void> {
    const question = this.question;
    this.question = null;
    switch (question?.about) {
      case "delete":
        return this.#delete(question.offer.key);
      case "leave":
        return question.then();
      case "discard":
        return this.run(() => this.backend.discardChanges(this.store.currentKey(question.offer.key)));
      case "sign-out":
        return this.run(() => this.backend.signOut());
    }
  }

  signOut(): void {
    const { waiting } = this.store.connection;
    this.#leaving(() => {
      if (waiting > 0) this.ask({ about: "sign-out", waiting });
      else void this.run(() => this.backend.signOut());
    });
  }

  /** Runs a command whose failure is said in the status bar. */
  async run(command: () => Promise<unknown>): Promise<void> {
    this.failure = null;
    try {
      await command();
    } catch (error) {
      this.complain(error);
    }
  }

  /** Says in the status bar what went wrong. */
  complain(error: unknown): void {
    this.failure = asAppError(error).message;
  }

  #open(key: OfferKey): void {
    const offer = this.store.get(key);
    if (offer) this.editor = new EditorSession(this.backend, this.store, this.locale, offer);
  }

  #leaving(then: () => void): void {
    if (!this.editor?.dirty) then();
    else this.ask({ about: "leave", title: this.editor.draft.title.trim(), then });
  }

  async #delete(key: OfferKey): Promise<void> {
    const now = this.store.currentKey(key);
    // Forgotten only on failure: the batch that removes the offer can come before the answer or after it.
    this.#deleting.add(now);
    await this.run(() =>
      this.backend.deleteOffer(now).catch((error: unknown) => {
        this.#deleting.delete(now);
        throw error;
      }),
    );
  }

  #follow(change: ViewChange): void {
    switch (change.type) {
      case "offer":
        if (change.offer.key === this.editor?.key) this.editor.seen(change.offer);
        break;
      case "renamed":
        if (this.selected === change.from) this.selected = change.to;
        if (this.editor?.key === change.from) this.editor.key = change.to;
        break;
      case "removed":
        this.#removed(change.key);
        break;
      case "notice":
        if (change.notice.origin !== this.backend.windowLabel) this.#notify(change.notice);
        break;
      case "session":
        if (change.session.state === "signed-out") this.#leave();
        break;
      case "reset":
        this.#catchUp();
        break;
      case "connection":
        break;
    }
  }

  #removed(key: OfferKey): void {
    if (this.selected === key) this.selected = null;
    const about =
      this.question?.about === "delete" || this.question?.about === "discard" ? this.question.offer.key : null;
    if (about === key) this.question = null;
    if (this.editor?.key !== key) return;
    // What was typed here is not thrown away because somebody else deleted the offer.
    if (this.editor.dirty && !this.#deleting.has(key)) this.editor.gone = true;
    else this.editor = null;
  }

  /** A snapshot was read: the editor meets whatever its offer is now. */
  #catchUp(): void {
    if (this.store.session?.state === "signed-out") return this.#leave();
    const key = this.editor?.key ?? null;
    if (key === null) return;
    const offer = this.store.get(key);
    if (!offer) return this.#removed(key);
    if (this.editor) this.editor.key = offer.key;
    this.editor?.seen(offer);
  }

  #leave(): void {
    this.editor = null;
    this.selected = null;
    this.question = null;
    this.query = "";
    this.view = "all";
  }
}
