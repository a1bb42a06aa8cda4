/**
 * The console of one window: which view, what is searched for, which offer is selected, what is being edited, and the question that
 * stands in between. Two windows have two desks; they share nothing but the hotel.
 */
import type { Backend } from "../backend/backend";
import type {
  AccountView,
  Draft,
  Notice,
  OfferKey,
  Opens,
  OfferPatch,
  Session,
  ViewChange,
  ViewOffer,
} from "../backend/bindings";
import { ActivityLog } from "./activity.svelte";
import { HotelBooking } from "./booking.svelte";
import { Bulk } from "./bulk.svelte";
import { photoForCopy, withoutPhoto } from "./copies";
import { type Deed, stepOf } from "./deeds";
import { Deletions } from "./deletions";
import { Editing } from "./editing.svelte";
import type { EditorSession } from "./editor.svelte";
import { asAppError } from "./errors";
import { Exchange } from "./exchange.svelte";
import { Handover } from "./handover.svelte";
import { Links } from "./links.svelte";
import { Look } from "./look.svelte";
import { Marks } from "./marks.svelte";
import { Ordering } from "./ordering";
import { foldAhead, Search } from "./search";
import { SignOut } from "./signout.svelte";
import { sorted } from "./sort";
import { Store } from "./store.svelte";
import { groupedByTag } from "./tags";
import { DateShift } from "./shift.svelte";
import { inView, type ViewName } from "./views";
import { whose } from "./whose";

export type Question =
  | { about: "delete"; offer: ViewOffer }
  /** unsaved edits would be lost; `then` goes on */
  | { about: "leave"; title: string; then: () => void }
  | { about: "delete-all"; count: number; then: () => void }
  /** drop what waits, is parked or in conflict */
  | { about: "discard"; offer: ViewOffer };

/** What stands in the editor's column instead of the editor, which keeps what is typed in it. */
export type Panel = { show: "history"; key: OfferKey } | { show: "deleted" } | { show: "handover" };

/** Where the user of a window is told what others did that they would want to know, and can have back what they deleted. */
export type Tidings = {
  tell: (notice: Notice) => void;
  /** `what`: a title, or how many; `restore` answers whether all of it is back, and can be asked again */
  offerBack: (what: string, restore: () => Promise<boolean>) => void;
  clear: () => void;
};

const UNTOLD: Tidings = { tell: () => undefined, offerBack: () => undefined, clear: () => undefined };

export class Desk {
  readonly store: Store;
  readonly backend: Backend;
  readonly locale: string;
  readonly leaving: SignOut;
  readonly activity: ActivityLog;
  panel = $state.raw<Panel | null>(null);
  readonly look = new Look();
  readonly marks = new Marks(
    (words) => (this.store.announcement = words),
    (key) => this.store.get(key)?.fields.title ?? "",
  );
  readonly bulk: Bulk;
  readonly shift: DateShift;
  readonly ordering: Ordering;
  readonly handover: Handover;
  readonly exchange: Exchange;
  readonly links: Links;
  readonly booking: HotelBooking;
  query = $state.raw("");
  /** what stands over the whole window */
  overlay = $state.raw<"go" | "keys" | "settings" | "sheet" | "tables" | null>(null);
  selected = $state.raw<OfferKey | null>(null);
  question = $state.raw<Question | null>(null);
  /** counts how often an offer was to be seen: each time the list brings it into sight */
  reveals = $state.raw(0);
  /** counts how often somebody went to an offer by name: each time the list wants the focus */
  visits = $state.raw(0);
  /** a command failed that has no place of its own on screen */
  failure = $state.raw<string | null>(null);
  /** the page that guests see can be opened in a browser */
  pageIsServed = $state.raw(false);
  /** a file is being dragged over this window */
  filesOver = $state.raw(false);

  readonly #search = new Search();
  readonly #inView: readonly ViewOffer[] = $derived.by(() => {
    const { view } = this.look.now;
    return view === "all" ? this.store.offers : this.store.offers.filter((offer) => inView(offer, view));
  });
  readonly #found: readonly ViewOffer[] = $derived.by(() => this.#search.find(this.#inView, this.query));

  /** In the order they stand on the screen: keys, ranges and what is done to many follow it. */
  readonly visible: readonly ViewOffer[] = $derived.by(() => {
    const { sort, layout, byTag } = this.look.now;
    const ordered = sorted(this.#found, sort, this.locale);
    return layout === "timeline" && byTag ? groupedByTag(ordered).flatMap(({ offers }) => offers) : ordered;
  });

  /** What `visible` is the answer to. */
  readonly asked: string = $derived.by(() => {
    const { view, sort } = this.look.now;
    return [this.query, view, sort.by, sort.down].join("\n");
  });

  /** The same for an offer's whole life in this window. */
  readonly identity = ({ key }: ViewOffer): OfferKey => this.store.identity(key);

  /** The marked offers that are in sight, in the order they are shown in: what is done to many is done to these. */
  readonly marked: readonly ViewOffer[] = $derived.by(() => {
    if (this.marks.size === 0) return [];
    return this.visible.filter(({ key }) => this.marks.keys.has(key));
  });

  /** The offer being edited, as the engine shows it. */
  readonly edited: ViewOffer | undefined = $derived.by(() => this.store.get(this.editor?.key ?? null));

  /** shown as soon as it is there */
  #awaited: { key: OfferKey; toEdit: boolean } | null = null;
  #stopFolding = () => {};
  readonly #editing: Editing;
  readonly #deletions: Deletions;
  /** as `whose` names it; undefined: nothing was read yet */
  #account: string | null | undefined = undefined;
  readonly #tidings: Tidings;

  constructor(backend: Backend, locale: string, tidings: Tidings = UNTOLD) {
    this.backend = backend;
    this.locale = locale;
    this.#tidings = tidings;
    this.store = new Store(backend, (change) => this.#follow(change));
    this.#deletions = new Deletions(backend, this.store);
    this.leaving = new SignOut(backend, this.store);
    this.links = new Links(backend);
    this.booking = new HotelBooking(backend);
    this.activity = new ActivityLog(backend);
    this.#editing = new Editing(this);
    this.bulk = new Bulk(
      {
        createOffer: (fields, photo) => backend.createOffer(fields, photo),
        updateOffer: (key, patch, photo) => backend.updateOffer(key, patch, photo),
        deleteOffer: (key) => this.#deletions.delete(key),
        photoAgain: (hash) => backend.photoAgain(hash),
      },
      (key) => this.store.get(key),
    );
    this.shift = new DateShift(this);
    this.ordering = new Ordering(this);
    this.exchange = new Exchange(backend, (key) => this.store.currentKey(key));
    this.handover = new Handover({ backend, offers: () => this.store.offers });
  }

  /** null: nothing is being edited */
  get editor(): EditorSession | null {
    return this.#editing.session;
  }

  get view(): ViewName {
    return this.look.now.view;
  }

  /** The one offer that this window is about; null: all of them. */
  get alone(): OfferKey | null {
    const { offer } = this.backend;
    return offer === null ? null : this.store.currentKey(offer);
  }

  get signedOut(): boolean {
    return this.store.session?.state === "signed-out";
  }

  /** A dialog has the keyboard, the menu, and what is dropped or pasted, to itself. */
  get busy(): boolean {
    return this.question !== null || this.overlay !== null || this.leaving.step !== null;
  }

  show(view: ViewName): void {
    this.look.choose({ view });
  }

  /** The offers stand as guests see them, all of them: here the order can be changed. */
  get canReorder(): boolean {
    const { view, sort } = this.look.now;
    return view === "all" && sort.by === "order" && !sort.down && this.query.trim() === "";
  }

  /** Selects an offer. An open editor with nothing to lose goes along. */
  select(key: OfferKey): void {
    this.selected = key;
    if (this.editor && !this.editor.dirty && this.editor.key !== key) this.#open(key);
  }

  /** A click on a card: the editor opens on it, unless it holds unsaved work on another. */
  choose(key: OfferKey): void {
    this.selected = key;
    this.panel = null;
    if (!this.editor?.dirty && this.editor?.key !== key) this.#open(key);
  }

  edit(key: OfferKey): void {
    this.selected = key;
    this.panel = null;
    if (this.editor?.key === key) this.editor.summons++;
    else {
      this.#leaving(() => {
        this.#open(key);
        if (this.editor) this.editor.summons++;
      });
    }
  }

  /** Shows an offer in a window of its own. */
  openWindow(key: OfferKey | null): void {
    if (this.store.get(key) && key !== null) void this.run(() => this.backend.openOfferWindow(key));
  }

  /** How large everything is, in percent; kept. */
  zoom(percent: number): void {
    this.look.choose({ zoom: percent });
    this.store.announcement = `Size ${percent} %`;
    void this.run(() => this.backend.setZoom(percent));
  }

  /** Brings an offer into sight, whatever view and search hide it. */
  reveal(key: OfferKey): void {
    const now = this.store.currentKey(key);
    if (this.alone === null && !this.visible.some((offer) => offer.key === now)) {
      this.show("all");
      this.query = "";
    }
    this.choose(now);
    this.reveals++;
  }

  /** The same, and the keyboard goes on at it in the list. */
  goTo(key: OfferKey): void {
    this.reveal(key);
    this.visits++;
  }

  /** The same, and the keyboard goes on in the editor. */
  #revealToEdit(key: OfferKey): void {
    this.reveal(key);
    if (this.editor?.key === this.selected) this.editor.summons++;
  }

  /** Shows what a notification of the system was about. A dialog that is open stays: it may hold a question. */
  showAlert(opens: Opens): void {
    if (this.signedOut) return;
    switch (opens.type) {
      case "offer":
        return this.reveal(opens.key);
      case "ending":
        this.query = "";
        return this.show("ending");
      case "attention":
        return this.showAttention();
      case "window":
    }
  }

  /** Takes the link that waits for a window. */
  async takeLink(): Promise<void> {
    await this.runUnasked(async () => {
      const refused = await this.links.take();
      if (refused !== null) this.failure = refused;
    });
  }

  /** Does what the link asks for, as soon as it can be done. */
  followLink(): void {
    const { key } = this.links;
    if (key === null) return;
    const { session, connection } = this.store;
    const listed = this.store.get(key) !== undefined;
    const step = this.links.step({ session, connection, listed, busy: this.busy });
    if (step === null || step.do === "wait") return;
    if (step.do === "say") {
      this.failure = step.words;
      if (!this.signedOut) this.links.end();
      return;
    }
    this.links.end();
    this.failure = null;
    this.reveal(key);
    this.edit(key);
  }

  /** Leads to what only a person can move on. */
  showAttention(): void {
    this.query = "";
    this.show("attention");
    const first = this.visible[0];
    if (first) this.choose(first.key);
  }

  create(): void {
    this.panel = null;
    if (this.editor && this.editor.key === null && !this.editor.dirty) {
      this.editor.summons++;
      return;
    }
    this.#leaving(() => {
      this.selected = null;
      const editor = this.#edit(null);
      editor.summons++;
      void this.#editing.bringBack(editor);
    });
  }

  /** Saves what is being edited, or sends the versions picked in a conflict. */
  async save(): Promise<void> {
    const editor = this.editor;
    if (!editor || editor.saving) return;
    const conflicts = this.edited?.sync === "conflict" ? this.edited.conflicts : [];
    const picking = conflicts.length > 0 && !editor.dirty;
    if (picking && conflicts.some(({ field }) => editor.picks[field] === undefined)) return;
    const done = await (picking ? editor.sendPicks() : editor.save());
    if (this.editor !== editor) return;
    if (!done) {
      // Why not stands in the editor.
      this.panel = null;
      return;
    }
    this.#editing.keep();
    this.selected = editor.key;
  }

  closeEditor(): void {
    this.#leaving(() => {
      this.#editing.close();
      void this.#reopen("orphan");
    });
  }

  /** What was typed last is kept now: the window may go. */
  keepDraft(): void {
    this.#editing.keep();
    this.handover.keep();
  }

  /** Gives up the text that came back. What was typed since then is asked about. */
  discardDraft(): void {
    const discard = () => {
      const offer = this.edited;
      if (this.editor && offer && !this.editor.gone) {
        this.editor.revert(offer);
        this.#editing.keep();
      } else {
        this.#editing.close();
        void this.#reopen("orphan");
      }
    };
    if (this.editor?.typedOn) this.#leaving(discard);
    else discard();
  }

  /** Arrow keys: selects the offer that is `by` further in what is visible; one that is not there counts as the first. */
  move(from: OfferKey | null, by: number): void {
    const at = Math.max(
      0,
      this.visible.findIndex(({ key }) => key === from),
    );
    const offer = this.visible[Math.min(this.visible.length - 1, Math.max(0, at + by))];
    if (offer) this.select(offer.key);
  }

  /** Shows or hides the versions of an offer: the one being edited, else the selected one. */
  showHistory(key: OfferKey | null = this.editor?.key ?? this.selected): void {
    if (this.panel?.show === "history") this.closePanel();
    else if (key !== null) this.panel = { show: "history", key: this.store.currentKey(key) };
  }

  showDeleted(): void {
    this.panel = { show: "deleted" };
  }

  showHandover(): void {
    if (this.panel?.show === "handover") this.closePanel();
    else this.panel = { show: "handover" };
  }

  closePanel(): void {
    this.panel = null;
    if (this.editor) this.editor.summons++;
  }

  /** An earlier version is back, under this key. Its offer may not have arrived in this window yet. */
  restored(key: OfferKey, title: string): void {
    this.panel = null;
    this.store.announcement = `Restored: ${title}`;
    this.#await(key);
  }

  /** Does the same to the marked offers, or to these. Deleting is asked about first. */
  async doToAll(deed: Deed, offers: readonly ViewOffer[] = this.marked): Promise<void> {
    if (offers.length === 0 || this.bulk.running) return;
    const go = async () => {
      await this.bulk.run(deed, offers);
      const done = new Set(
        this.bulk.results.flatMap(({ came, of }) => (came === "done" ? this.store.currentKey(of) : [])),
      );
      if (deed.what === "delete") this.#offerBack(offers.filter(({ key }) => done.has(this.store.currentKey(key))));
      this.store.announcement = this.bulk.summary();
      // The others are still to be done, or to be looked at.
      for (const key of done) this.marks.unmark(key);
    };
    if (deed.what === "delete") this.ask({ about: "delete-all", count: offers.length, then: () => void go() });
    else await go();
  }

  /** A hidden copy, to be edited. */
  async duplicate(key: OfferKey | null): Promise<void> {
    const offer = this.store.get(key);
    if (!offer) return;
    const step = stepOf(offer, { what: "duplicate" });
    if (step.do !== "create") return;
    this.#leaving(() => {
      if (this.editor?.dirty) this.#editing.close();
      void this.run(async () => {
        const photo = await photoForCopy(this.backend, offer);
        const copy = await this.backend.createOffer(step.fields, photo);
        const lacks = photo ? "" : withoutPhoto(offer);
        this.store.announcement = `Duplicated: ${step.fields.title}${lacks && `, ${lacks}`}`;
        this.#await(copy, true);
      });
    });
  }

  /** Offers as a table for a spreadsheet: the way out, and back in. With `pick` the file is asked for at once. */
  showTables(pick = false): void {
    this.overlay = "tables";
    if (pick) void this.exchange.pick();
  }

  ask(question: Question): void {
    this.question = question;
  }

  askDelete(key: OfferKey | null): void {
    const offer = this.store.get(key);
    if (offer) this.ask({ about: "delete", offer });
  }

  /** What was parked of the offer that is edited goes on its way as it is. A deletion takes along what is typed, which is asked about. */
  goOnWith({ key, problem }: ViewOffer): void {
    const editor = this.editor;
    if (!editor) return;
    if (problem?.code !== "changed") return void editor.tryAgain();
    this.#leaving(async () => {
      this.#deletions.begun(key);
      if (!(await editor.tryAgain())) this.#deletions.calledOff(key);
    });
  }

  /** A parked change is let go. Keeping an offer that was to be deleted loses nothing, so nothing is asked. */
  discardParked(offer: ViewOffer): void {
    if (offer.problem?.code === "changed") void this.run(() => this.backend.discardChanges(offer.key));
    else this.ask({ about: "discard", offer });
  }

  /** Gives the fields of a "replaced" notice back the values somebody else had just set. False: it failed, which is said. */
  async putBack({ key, replaced }: Notice): Promise<boolean> {
    if (key === null) return false;
    const patch = Object.fromEntries(
      replaced.map(({ field, before, after }) => [field, { before: after, after: before }]),
    ) as OfferPatch;
    await this.run(() => this.backend.updateOffer(this.store.currentKey(key), patch, null));
    return this.failure === null;
  }

  async confirm(): Promise<void> {
    const question = this.question;
    this.question = null;
    switch (question?.about) {
      case "delete":
        return this.run(async () => {
          const offer = this.store.get(question.offer.key) ?? question.offer;
          await this.#deletions.delete(offer.key);
          this.#offerBack([offer]);
        });
      case "leave":
      case "delete-all":
        return question.then();
      case "discard":
        return this.run(() => this.backend.discardChanges(this.store.currentKey(question.offer.key)));
    }
  }

  /** Shows the page that guests see in the system's browser. */
  openPage(): void {
    void this.run(() => this.backend.openGuestPage());
  }

  signOut(): void {
    this.#leaving(() => {
      if (this.editor?.dirty) this.#editing.close();
      void this.run(() => this.leaving.start());
    });
  }

  /** Runs a command whose failure is said in the status bar, in place of what was said there before. */
  async run(command: () => Promise<unknown>): Promise<void> {
    this.failure = null;
    await this.runUnasked(command);
  }

  /** The same for what nobody asked for: it does not take away words that nobody may have read. */
  async runUnasked(command: () => Promise<unknown>): Promise<void> {
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

  #await(key: OfferKey, toEdit = false): void {
    this.#awaited = { key, toEdit };
    if (this.store.get(key)) this.#arrived();
  }

  #arrived(): void {
    const awaited = this.#awaited;
    this.#awaited = null;
    if (awaited?.toEdit) this.#revealToEdit(awaited.key);
    else if (awaited) this.reveal(awaited.key);
  }

  #open(key: OfferKey): void {
    const offer = this.store.get(key);
    if (offer) void this.#editing.bringBack(this.#edit(offer));
  }

  #edit(offer: ViewOffer | null, draft: Draft | null = null): EditorSession {
    this.panel = null;
    return this.#editing.begin(offer, draft);
  }

  /** Text that was left opens by itself: the newest to begin with, and what has lost its offer as soon as an editor is free. */
  async #reopen(which: "newest" | "orphan"): Promise<void> {
    if (this.alone !== null) return;
    const draft = await this.#editing.left(which);
    if (!draft || this.editor) return;
    const offer = this.store.get(draft.key);
    this.selected = offer?.key ?? null;
    this.#edit(offer ?? null, draft);
  }

  #leaving(then: () => void): void {
    if (!this.editor?.dirty) then();
    else this.ask({ about: "leave", title: this.editor.draft.title.trim(), then });
  }

  /** What was deleted can be had back in one click. */
  #offerBack(offers: readonly ViewOffer[]): void {
    const deleted = this.#deletions.toHaveBack(offers);
    if (!deleted) return;
    const bringBack = async () => {
      await this.run(async () => {
        for (let back = await deleted.next(); back; back = await deleted.next()) this.restored(back.key, back.title);
      });
      return this.failure === null;
    };
    // Asked for twice, an offer would be there twice.
    let running: Promise<boolean> | null = null;
    this.#tidings.offerBack(deleted.what, () => (running ??= bringBack().finally(() => (running = null))));
  }

  #follow(change: ViewChange): void {
    switch (change.type) {
      case "offer":
        if (!change.remote) this.handover.known(change.offer.key, change.offer);
        this.#deletions.seen(change.offer);
        if (change.offer.key === this.editor?.key) this.editor.seen(change.offer);
        if (change.offer.key === this.#awaited?.key) this.#arrived();
        break;
      case "renamed":
        if (this.selected === change.from) this.selected = change.to;
        this.marks.renamed(change.from, change.to);
        this.#deletions.renamed(change.from, change.to);
        if (this.editor?.key === change.from) this.editor.key = change.to;
        if (this.#awaited?.key === change.from) this.#awaited = { ...this.#awaited, key: change.to };
        break;
      case "removed":
        this.#removed(change.key);
        break;
      case "notice":
        if (this.#concerns(change.notice)) this.#tidings.tell(change.notice);
        break;
      case "session":
        this.#meet(change.session);
        break;
      case "reset":
        this.#catchUp();
        break;
      case "activity":
        this.activity.take(change.entries);
        break;
      case "preview":
        this.booking.changed();
        break;
      case "connection":
      case "settings":
      case "today":
        break;
    }
  }

  #concerns({ kind, key, origin }: Notice): boolean {
    if (this.alone !== null && key !== this.alone) return false;
    // What one's own change replaced is no echo: nobody else can tell.
    return kind === "replaced" || origin !== this.backend.windowLabel;
  }

  #removed(key: OfferKey): void {
    this.marks.unmark(key);
    const ours = this.#deletions.removed(key);
    if (ours) this.handover.known(key, null);
    if (this.selected === key) this.selected = null;
    const about =
      this.question?.about === "delete" || this.question?.about === "discard" ? this.question.offer.key : null;
    if (about === key) this.question = null;
    if (this.editor?.key !== key) return;
    // What was typed here is not thrown away because somebody else deleted the offer.
    if (this.editor.dirty && !ours) this.editor.gone = true;
    else this.#editing.close();
  }

  /** A snapshot was read: the editor meets whatever its offer is now. */
  #catchUp(): void {
    const { session } = this.store;
    if (!session) return;
    this.#meet(session);
    if (session.state === "signed-out") return;
    this.#deletions.catchUp();
    if (this.alone === null) this.#prepareList(session.account);
    const key = this.editor?.key ?? null;
    if (key === null) return;
    const offer = this.store.get(key);
    if (!offer) return this.#removed(key);
    if (this.editor) this.editor.key = offer.key;
    this.editor?.seen(offer);
  }

  #prepareList(account: AccountView): void {
    this.handover.begin(account);
    this.#stopFolding();
    this.#stopFolding = foldAhead(this.store.offers);
    void this.runUnasked(async () => (this.pageIsServed = await this.backend.guestPageIsServed()));
    void this.#reopen("newest");
  }

  /** Another account can take the place of one without a sign-out in between. */
  #meet(session: Session): void {
    const account = whose(session);
    if (account === this.#account) return;
    if (this.#account || account === null) this.#leave();
    // It was about offers of whoever sat here before.
    this.#tidings.clear();
    this.#account = account;
  }

  #leave(): void {
    this.leaving.stay();
    this.handover.end();
    this.#stopFolding();
    this.shift.cancel();
    this.#editing.leave();
    this.#awaited = null;
    this.panel = null;
    this.overlay = null;
    this.activity.close();
    this.selected = null;
    this.question = null;
    this.query = "";
    this.marks.clear();
    this.bulk.leave();
    this.booking.leave();
    this.#deletions.clear();
    this.exchange.leave();
    this.show("all");
  }
}
