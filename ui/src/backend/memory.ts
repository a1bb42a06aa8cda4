/**
 * The engine's twin for component tests and for working on screens in a browser: one hotel in memory, any number of windows on it.
 *
 * It keeps the promises that windows rely on: every change goes through one numbered feed; an offer made here is `new:…` until the
 * server has "answered" and is then renamed; a change shows at once, and says how far it is; a field changed here and elsewhere is
 * a conflict; the window that caused a notice is named in it. Sending happens when `settle()` is called, or by itself after
 * `latency`. What others do, and what goes wrong, is played with `elsewhere`, `offline`, `park`, `expire`, `say…` and `failNext`.
 * Versions, unsaved text and activity are kept in `memory-past.ts`, pictures in `memory-pictures.ts`; opening a window again by the
 * same label is a restart.
 *
 * Absent: HTTP, Pusher, disk, the merging of several pending operations in order. Those rules live in Rust and are tested there.
 */
import type { Backend, FieldErrors } from "./backend";
import type {
  AccountView,
  Activity,
  AppError,
  Batch,
  CheckStep,
  Choice,
  ChosenTable,
  Connection,
  ErrorCode,
  GuestHotel,
  Notice,
  OfferFields,
  OfferKey,
  OfferPatch,
  Origin,
  PhotoChange,
  Picture,
  Receipt,
  Session,
  Settings,
  SignInForm,
  StagedPhoto,
  TokenKept,
  ViewChange,
  WaitingChanges,
  Zones,
} from "./bindings";
import { guestSides } from "./memory-guests";
import { clean } from "../shared/sanitise";
import { Outside } from "./memory-outside";
import { ActivityTable, Drafts, Past } from "./memory-past";
import { Pictures } from "./memory-pictures";
import {
  appError,
  blank,
  CHANGED_ELSEWHERE,
  compareHeld,
  conflictsOf,
  DELETED_ELSEWHERE,
  fieldsOf,
  fresh,
  type Held,
  isShown,
  patchTo,
  pile,
  renumbered,
  viewOf,
} from "./memory-rules";

export type MemoryOptions = {
  /** the hotel's day */
  today?: string;
  /** ms until a change is answered; null: when `settle()` is called */
  latency?: number | null;
  tokenKept?: TokenKept;
  form?: Partial<SignInForm>;
};

export const memoryAccount: AccountView = {
  username: "frontdesk",
  hotelName: "Hotel Killarney",
  hotelSlug: "killarney",
  apiUrl: "https://hotel.example/api",
};

const ELSEWHERE: Origin = { from: "elsewhere" };
const here = (window: string | null): Origin => ({ from: "this-computer", window });

export class MemoryHotel {
  readonly outside = new Outside();
  readonly pictures = new Pictures();
  /** Where the next diagnostics go; null: the user cancels. */
  nextExport: string | null = "/home/frontdesk/hotelmate-diagnostics.zip";
  /** The header of the page that guests see; null: it could not be read. */
  header: GuestHotel | null = null;
  /** Where the next table goes; null: the user cancels. */
  nextTablePath: string | null = "/home/frontdesk/offers.csv";
  /** What the next chosen table would change; null: the user cancels. */
  nextTable: ChosenTable | null = null;
  /** What the dialog for a `.env` file leads to. */
  nextForm: SignInForm | null = null;
  /** Unix milliseconds, for what is dated by this computer. */
  now: () => number = () => Date.now();
  readonly calls: { method: string; args: unknown[] }[] = [];

  readonly #held = new Map<OfferKey, Held>();
  readonly #windows = new Map<string, (batch: Batch) => void>();
  readonly #past = new Past();
  readonly #drafts = new Drafts();
  readonly #activity = new ActivityTable();
  readonly #failures = new Map<string, AppError>();
  #today: string;
  #settings: Settings = { timeZone: null, alerts: { needsYou: true, ending: true, others: false } };
  /** The zones there are; the day is the same in all of them unless a test says otherwise. */
  zones: Zones = {
    machine: { name: "Europe/Dublin", offset: 0 },
    known: [
      { name: "America/New_York", offset: -18_000 },
      { name: "Europe/Dublin", offset: 0 },
      { name: "Pacific/Auckland", offset: 46_800 },
      { name: "Pacific/Kiritimati", offset: 50_400 },
    ],
  };
  readonly #latency: number | null;
  readonly #tokenKept: TokenKept;
  #form: SignInForm;
  #session: Session = { state: "signed-out" };
  #state: Connection["state"] = "signed-out";
  #retryAt: number | null = null;
  #lastSynced: number | null = null;
  #message: string | null = null;
  #storage: string | null = null;
  /** a sign-out that sends first */
  #leaving: { resolve: () => void; reject: (error: AppError) => void } | null = null;
  #seq = 0;
  #ids = 0;
  #notices = 0;
  #opened = 0;

  constructor({ today = "2026-11-22", latency = null, tokenKept = "keyring", form = {} }: MemoryOptions = {}) {
    this.#today = today;
    this.#latency = latency;
    this.#tokenKept = tokenKept;
    this.#form = {
      apiUrl: "",
      pusherKey: "",
      pusherCluster: "",
      pusherHost: "",
      pusherPort: null,
      pusherTls: true,
      username: "",
      allowInsecure: false,
      ...form,
    };
  }

  // What a test or a scene plays.

  /** Puts an offer on the server before anybody looks. */
  seed(fields: Partial<OfferFields>, picture: string | null = null): OfferKey {
    const key = String(++this.#ids);
    const held = fresh(key, { ...blank(), ...fields });
    if (picture !== null) held.photo = held.basePhoto = { hash: this.pictures.add(picture) };
    this.#held.set(key, held);
    this.#saw(held, ELSEWHERE);
    return key;
  }

  signedIn(demo = false): this {
    this.#session = { state: "signed-in", account: memoryAccount, demo, tokenKept: this.#tokenKept };
    this.#state = "live";
    this.#lastSynced = Date.now();
    this.#publish([{ type: "session", session: this.#session }, this.#connection()]);
    return this;
  }

  /** Commands by this name reject once. */
  failNext(method: keyof Backend, code: ErrorCode, message: string, fields: FieldErrors | null = null): void {
    this.#failures.set(method, appError(code, message, fields));
  }

  offline(retryInMs: number | null = null, lastSynced: number | null = this.#lastSynced): void {
    this.#state = "offline";
    this.#lastSynced = lastSynced;
    this.#retryAt = retryInMs === null ? null : Date.now() + retryInMs;
    for (const held of this.#held.values()) if (held.sync === "sending") held.sync = "waiting";
    this.#publish([...this.#all(), this.#connection()]);
    this.note({ type: "connection", state: "offline", words: "No answer from the server" });
  }

  online(): void {
    this.#state = "live";
    this.#retryAt = null;
    this.#lastSynced = Date.now();
    this.#publish([this.#connection()]);
    this.note({ type: "connection", state: "live", words: null });
    this.#send();
  }

  expire(message = "The server signed this computer out."): void {
    if (this.#session.state !== "signed-in") return;
    const { account, demo } = this.#session;
    this.#session = { state: "expired", account, demo, byServer: true, message };
    this.#state = "signed-out";
    this.#publish([{ type: "session", session: this.#session }, this.#connection()]);
  }

  say(message: string | null): void {
    this.#message = message;
    this.#publish([this.#connection()]);
  }

  /** The public page was read after a change made here. */
  look(key: OfferKey, receipt: Receipt | null): void {
    const held = this.#get(key);
    held.receipt = receipt;
    this.#publish([this.#show(held)]);
  }

  /** It is another day at the hotel: midnight, or another time zone. */
  itIs(today: string): void {
    this.#today = today;
    this.#publish([{ type: "today", today }, ...this.#all()]);
  }

  /** Something about the data on this computer that staff must know. */
  sayStorage(words: string | null): void {
    this.#storage = words;
    this.#publish([this.#connection()]);
  }

  /** Something for the activity panel. */
  note(...what: Activity[]): void {
    const entries = what.map((one) => this.#activity.add(one, this.now()));
    this.#publish([{ type: "activity", entries }]);
  }

  /** The server refuses what is on its way for this offer. */
  park(key: OfferKey, message: string, fields: FieldErrors | null = null): void {
    const held = this.#get(key);
    held.sync = "parked";
    held.problem = { code: "invalid", message, fields };
    this.#publish([this.#show(held), this.#connection()]);
    this.note({ type: "change", key, title: fieldsOf(held).title, step: "parked", words: message });
    this.#goOnLeaving();
  }

  /** What somebody on another computer does. */
  readonly elsewhere = {
    create: (fields: Partial<OfferFields>): OfferKey => {
      const key = this.seed(fields);
      const held = this.#get(key);
      this.#publish([this.#show(held, true), this.#notice("created", held, null)]);
      return key;
    },
    change: (key: OfferKey, fields: Partial<OfferFields>): void => {
      const held = this.#get(key);
      held.base = { ...(held.base ?? blank()), ...fields };
      this.#past.saw(key, held.base, held.basePhoto, ELSEWHERE, this.now());
      held.conflicts = conflictsOf(held);
      if (held.deleting) Object.assign(held, { sync: "parked", problem: CHANGED_ELSEWHERE });
      else if (held.conflicts.length > 0) held.sync = "conflict";
      this.#publish([this.#show(held, true), this.#connection()]);
      this.note({ type: "event", name: "offer-updated", offer: Number(key) });
      this.#goOnLeaving();
    },
    remove: (key: OfferKey): void => {
      const held = this.#get(key);
      this.note({ type: "event", name: "offer-deleted", offer: Number(key) });
      if (Object.values(held.pending).some(Boolean)) {
        Object.assign(held, { gone: true, sync: "parked", problem: DELETED_ELSEWHERE, conflicts: [] });
        this.#publish([this.#show(held), this.#connection()]);
        return this.#goOnLeaving();
      }
      this.#saw(held, ELSEWHERE, true);
      this.#held.delete(key);
      this.#publish([{ type: "removed", key }, this.#notice("deleted", held, null), this.#connection()]);
    },
    /** They set these fields in the instant before what is on its way reached the server, which replaced them. */
    justBefore: (key: OfferKey, fields: Partial<OfferFields>): void => {
      const held = this.#get(key);
      const theirs = { ...(held.base ?? blank()), ...fields };
      this.#past.saw(key, theirs, held.basePhoto, ELSEWHERE, this.now());
      const replaced = conflictsOf({ ...held, base: theirs }).map(({ field, mine, theirs: before }) => ({
        field,
        before,
        after: mine,
      }));
      held.base = theirs;
      held.conflicts = [];
      this.settle();
      const { notice } = this.#notice("replaced", held, null);
      this.#publish([{ type: "notice", notice: { ...notice, replaced } }]);
      this.#saw(held, here(null));
    },
  };

  /** A number is lost on the way: the next batch shows a gap. */
  loseBatch(): void {
    this.#seq++;
  }

  /** The server answers everything that was sent. */
  settle(): void {
    const changes: ViewChange[] = [];
    for (const held of [...this.#held.values()]) {
      if (held.sync !== "sending") continue;
      const title = fieldsOf(held).title;
      if (held.deleting) this.#held.delete(held.key);
      else changes.push(...this.#taken(held));
      const method = held.deleting ? "DELETE" : held.createdAt === null ? "POST" : "PATCH";
      this.note(
        { type: "request", method, path: `/killarney/offers/${held.key}/`, status: 200, millis: 84, error: null },
        { type: "change", key: held.key, title, step: "sent", words: null },
      );
    }
    this.#publish([...changes, this.#connection()]);
    this.#goOnLeaving();
  }

  /** What is not saved in it is on no screen any more. */
  windowClosed(label: string): void {
    this.#drafts.windowClosed(label);
    this.#publish([{ type: "preview" }]);
  }

  /** A window on this hotel, or on one offer of it. */
  open(label = `console-${++this.#opened}`, offer: OfferKey | null = null): Backend {
    const command = <A extends unknown[], R>(method: keyof Backend, run: (...args: A) => R | Promise<R>) => {
      return async (...args: A): Promise<R> => {
        this.calls.push({ method, args });
        const failure = this.#failures.get(method);
        this.#failures.delete(method);
        if (failure) throw failure;
        return run(...args);
      };
    };
    return {
      windowLabel: label,
      isFirstWindow: label === "console-1",
      offer,
      subscribe: command("subscribe", (onBatch) => {
        this.#windows.set(label, onBatch);
        return () => {
          this.#windows.delete(label);
          this.windowClosed(label);
        };
      }),
      snapshot: command("snapshot", () => ({
        seq: this.#seq,
        session: this.#session,
        connection: this.#connection().connection,
        settings: this.#settings,
        today: this.#today,
        offers: this.#session.state === "signed-out" ? [] : this.#visible().map((held) => viewOf(held, this.#today)),
      })),
      signInForm: command("signInForm", () => ({ ...this.#form })),
      pickSignInForm: command("pickSignInForm", () => this.nextForm),
      signIn: command("signIn", (form) => this.#signIn(form, false)),
      signInDemo: command("signInDemo", () => this.#signIn(this.#form, true)),
      testConnection: command("testConnection", (form): CheckStep[] => [
        { step: "address", ok: true, message: "Address answers" },
        { step: "sign-in", ok: true, message: `Signed in to ${memoryAccount.hotelName}` },
        { step: "offers", ok: true, message: `${this.#held.size} offers readable` },
        {
          step: "live",
          ok: form.pusherKey !== "",
          message: form.pusherKey ? "Live updates arrive" : "Live updates: this key is not known",
        },
      ]),
      signOut: command("signOut", (waiting) => this.#signOut(waiting)),
      cancelSignOut: command("cancelSignOut", () => {
        this.#leaving?.reject(this.#notSent());
        this.#leaving = null;
      }),
      keepTokenInFile: command("keepTokenInFile", () => {
        if (this.#session.state !== "signed-in") return;
        this.#session = { ...this.#session, tokenKept: "file" };
        this.#publish([{ type: "session", session: this.#session }]);
      }),

      createOffer: command("createOffer", (fields, photo) => this.#create(label, fields, photo)),
      updateOffer: command("updateOffer", (key, patch, photo) => this.#update(label, key, patch, photo)),
      deleteOffer: command("deleteOffer", (key) => this.#delete(label, key)),
      uploadPhoto: command("uploadPhoto", (key, photo) => this.#update(label, key, {}, { set: photo })),
      cancelUpload: command("cancelUpload", (key) => this.#cancelUpload(key)),
      pickPhoto: command("pickPhoto", () => this.pictures.pick()),
      dropPhoto: command("dropPhoto", () => this.pictures.chosen()),
      pastePhoto: command("pastePhoto", () => this.pictures.pick()),
      photoAt: command("photoAt", () => this.pictures.chosen()),
      photoAgain: command("photoAgain", (hash) => this.pictures.again(hash)),
      preparePhoto: command("preparePhoto", (chosen, crop) => this.pictures.prepare(chosen, crop)),
      watchMenu: (onChosen) => this.outside.menus.watch(onChosen),
      setMenu: command("setMenu", (names) => void (this.outside.menu = names)),
      watchFiles: (onFiles) => this.outside.drops.watch(onFiles),
      retryOffer: command("retryOffer", (key) => this.#retry(key)),
      discardChanges: command("discardChanges", (key) => {
        this.#publish([...this.#discard(this.#get(key)), this.#connection()]);
      }),
      resolveConflict: command("resolveConflict", (key, choices) => this.#resolve(key, choices)),
      reorderOffer: command("reorderOffer", (key, before) => this.#reorder(label, key, before)),

      exportOffers: command("exportOffers", () => this.nextTablePath),
      pickTable: command("pickTable", () => this.nextTable),
      cleanMarkup: command("cleanMarkup", (html) => clean(html)),
      offerHistory: command("offerHistory", (key) => this.#past.of(key)),
      deletedOffers: command("deletedOffers", () => this.#past.deleted()),
      restoreVersion: command("restoreVersion", (id) => this.#restore(label, id)),

      saveDraft: command("saveDraft", (draft) => {
        this.#drafts.save(draft, this.now(), label);
        this.#publish([{ type: "preview" }]);
      }),
      dropDraft: command("dropDraft", (id) => {
        this.#drafts.drop(id);
        this.#publish([{ type: "preview" }]);
      }),
      drafts: command("drafts", () => this.#drafts.all(false)),

      activity: command("activity", (before) => this.#activity.before(before)),
      exportDiagnostics: command("exportDiagnostics", () => this.nextExport),

      timeZones: command("timeZones", () => this.zones),
      setTimeZone: command("setTimeZone", (name) => {
        if (name !== null && !this.zones.known.some((zone) => zone.name === name)) {
          const words = `There is no time zone called “${name}”.`;
          throw appError("invalid", words, { timeZone: [words] });
        }
        this.#settings = { ...this.#settings, timeZone: name };
        this.#publish([{ type: "settings", settings: this.#settings }]);
      }),
      setWantedAlerts: command("setWantedAlerts", (alerts) => {
        this.#settings = { ...this.#settings, alerts };
        this.#publish([{ type: "settings", settings: this.#settings }]);
      }),
      watchAlerts: (onClicked) => this.outside.alerts.watch(onClicked),
      retryNow: command("retryNow", () => this.online()),
      setZoom: command("setZoom", () => undefined),
      openConsoleWindow: command("openConsoleWindow", () => undefined),
      openOfferWindow: command("openOfferWindow", () => undefined),
      closeOfferWindow: command("closeOfferWindow", () => undefined),
      openPreviewWindow: command("openPreviewWindow", () => undefined),
      guestPreview: command("guestPreview", () => {
        const { state, lastSynced } = this.#connection().connection;
        const known = { session: this.#session, connection: state, lastSynced, today: this.#today };
        if (this.#session.state === "signed-out")
          return { ...known, hotel: null, offers: [], intended: [], leaving: [] };
        return structuredClone({
          ...known,
          hotel: this.header,
          ...guestSides([...this.#held.values()], this.#drafts.all(true)),
        });
      }),
      guestPageIsServed: command("guestPageIsServed", () => this.#session.state !== "signed-out" && this.#session.demo),
      openGuestPage: command("openGuestPage", () => undefined),
      takeLink: command("takeLink", () => this.outside.takeLink()),
      watchLinks: (onLink) => this.outside.links.watch(onLink),
      knownUpdate: command("knownUpdate", () => this.outside.update),
      watchUpdate: (onUpdate) => this.outside.updates.watch(onUpdate),
      openUpdatePage: command("openUpdatePage", () => undefined),
      windowReady: command("windowReady", () => undefined),
      photoUrl: (hash) => this.pictures.url(hash),
    };
  }

  // The commands.

  #signIn(form: SignInForm, demo: boolean): void {
    this.#form = form;
    this.signedIn(demo);
    this.#publish([{ type: "reset" }]);
  }

  async #signOut(waiting: WaitingChanges | null): Promise<void> {
    if (waiting === null && this.#waiting() > 0) throw this.#notSent();
    if (waiting === "discard") for (const held of [...this.#held.values()]) this.#discard(held);
    if (waiting === "send-first") {
      const sent = new Promise<void>((resolve, reject) => (this.#leaving = { resolve, reject }));
      this.#goOnLeaving();
      return sent;
    }
    this.#session = { state: "signed-out" };
    this.#state = "signed-out";
    this.#drafts.signedOut();
    this.#publish([{ type: "session", session: this.#session }, this.#connection(), { type: "reset" }]);
  }

  /** A sign-out that sends first ends when nothing is left, or nothing but what a person must decide. */
  #goOnLeaving(): void {
    if (!this.#leaving) return;
    const left = [...this.#held.values()].filter((held) => held.sync !== "synced");
    if (left.some((held) => held.sync === "waiting" || held.sync === "sending")) return;
    const { resolve, reject } = this.#leaving;
    this.#leaving = null;
    if (left.length > 0) return reject(this.#notSent());
    void this.#signOut(null);
    resolve();
  }

  #notSent(): AppError {
    const waiting = this.#waiting();
    return appError("waiting-changes", `${waiting} change${waiting === 1 ? " is" : "s are"} not at the hotel yet.`);
  }

  /** An upload gets on. */
  uploads(key: OfferKey, sent: number, total: number): void {
    const held = this.#get(key);
    Object.assign(held, { sync: "sending", upload: { sent, total } });
    this.#publish([this.#show(held)]);
  }

  #cancelUpload(key: OfferKey): void {
    const held = this.#get(key);
    Object.assign(held, { upload: null, photo: held.basePhoto });
    if (Object.keys(held.pending).length === 0) held.sync = "synced";
    this.#publish([this.#show(held), this.#connection()]);
  }

  #create(label: string, fields: OfferFields, photo: StagedPhoto | null): OfferKey {
    return this.#createWith(label, fields, photo && { hash: photo.hash });
  }

  #createWith(label: string, fields: OfferFields, photo: Picture | null): OfferKey {
    const key = `new:${crypto.randomUUID()}`;
    const held: Held = { ...fresh(key, fields), base: null, createdAt: null, pending: patchTo(blank(), fields) };
    held.photo = photo;
    this.#held.set(key, held);
    this.#saw(held, here(label));
    this.#queue(held, [this.#notice("created", held, label)]);
    return key;
  }

  #update(label: string, key: OfferKey, patch: OfferPatch, photo: PhotoChange | null): void {
    const held = this.#get(key);
    held.pending = pile(held.pending, patch);
    if (photo) held.photo = photo === "remove" ? null : { hash: photo.set.hash };
    this.#saw(held, here(label));
    if (held.gone) return this.#publish([this.#show(held), this.#connection()]);
    held.problem = null;
    held.conflicts = conflictsOf(held);
    this.#queue(held);
  }

  #delete(label: string, key: OfferKey): void {
    const held = this.#get(key);
    this.#saw(held, here(label), true);
    if (held.base === null || held.gone) this.#held.delete(key);
    else Object.assign(held, { deleting: true, pending: {}, conflicts: [], problem: null });
    if (held.deleting) this.#queue(held, [this.#notice("deleted", held, label)]);
    else this.#publish([{ type: "removed", key }, this.#notice("deleted", held, label), this.#connection()]);
  }

  #retry(key: OfferKey): void {
    const held = this.#get(key);
    held.problem = null;
    if (!held.gone) return this.#queue(held);
    const to = `new:${crypto.randomUUID()}`;
    const fields = fieldsOf(held);
    this.#held.delete(key);
    Object.assign(held, { key: to, gone: false, base: null, createdAt: null, pending: patchTo(blank(), fields) });
    this.#held.set(to, held);
    this.#renamed(key, to);
    this.#publish([{ type: "renamed", from: key, to }]);
    this.#queue(held);
  }

  /** Back to what the server has. */
  #discard(held: Held): ViewChange[] {
    if (held.base === null || held.gone) {
      this.#held.delete(held.key);
      return [{ type: "removed", key: held.key }];
    }
    const { basePhoto: photo } = held;
    Object.assign(held, { pending: {}, photo, sync: "synced", problem: null, conflicts: [], deleting: false });
    return [this.#show(held)];
  }

  #reorder(label: string, key: OfferKey, before: OfferKey | null): void {
    const moved = this.#get(key);
    const order = this.#visible()
      .filter((held) => held !== moved)
      .sort(compareHeld);
    const at = before === null ? order.length : order.indexOf(this.#get(before));
    order.splice(at, 0, moved);
    for (const [held, place] of renumbered(order, moved)) {
      this.#update(label, held.key, { sort_order: { before: fieldsOf(held).sort_order, after: place } }, null);
    }
  }

  #restore(label: string, id: number): OfferKey {
    const version = this.#past.get(id);
    if (!version) throw appError("not-found", "This version is no longer kept.");
    const held = this.#held.get(version.key);
    if (!held || held.deleting) return this.#createWith(label, version.fields, version.photo);
    held.photo = version.photo;
    this.#update(label, held.key, patchTo(fieldsOf(held), version.fields), null);
    return held.key;
  }

  #resolve(key: OfferKey, choices: Choice[]): void {
    const held = this.#get(key);
    for (const { field, side, theirs } of choices) {
      if (held.conflicts.find((conflict) => conflict.field === field)?.theirs !== theirs) continue;
      const change = held.pending[field];
      if (side === "theirs" || !change) held.pending[field] = null;
      else Object.assign(change, { before: held.base?.[field] });
    }
    held.conflicts = conflictsOf(held);
    this.#queue(held);
  }

  /** The server has what was sent. */
  #taken(held: Held): ViewChange[] {
    const changes: ViewChange[] = [];
    Object.assign(held, { base: fieldsOf(held), basePhoto: held.photo, pending: {}, sync: "synced", upload: null });
    if (held.key.startsWith("new:")) {
      const from = held.key;
      this.#held.delete(from);
      held.key = String(++this.#ids);
      held.createdAt = new Date(Date.UTC(2026, 10, 22, 12, 0, this.#ids)).toISOString();
      this.#held.set(held.key, held);
      this.#renamed(from, held.key);
      changes.push({ type: "renamed", from, to: held.key });
    }
    return [...changes, this.#show(held)];
  }

  #renamed(from: OfferKey, to: OfferKey): void {
    this.#past.rename(from, to);
    this.#drafts.rename(from, to);
  }

  #saw(held: Held, origin: Origin, isDeletion = false): void {
    this.#past.saw(held.key, fieldsOf(held), held.photo, origin, this.now(), isDeletion);
  }

  #queue(held: Held, more: ViewChange[] = []): void {
    if (held.conflicts.length > 0) held.sync = "conflict";
    else held.sync = this.#state === "live" ? "sending" : "waiting";
    this.#publish([this.#show(held), this.#connection(), ...more]);
    const step = held.sync === "conflict" ? "conflict" : "made";
    this.note({ type: "change", key: held.key, title: fieldsOf(held).title, step, words: null });
    this.#goOnLeaving();
    if (held.sync === "sending" && this.#latency !== null) setTimeout(() => this.settle(), this.#latency);
  }

  #send(): void {
    for (const held of this.#held.values()) if (held.sync === "waiting") this.#queue(held);
  }

  // The feed.

  #publish(changes: ViewChange[]): void {
    const batch: Batch = { seq: ++this.#seq, changes };
    for (const receive of this.#windows.values()) receive(structuredClone(batch));
  }

  #connection(): { type: "connection"; connection: Connection } {
    return {
      type: "connection",
      connection: {
        state: this.#state,
        retryAt: this.#retryAt,
        lastSynced: this.#lastSynced,
        waiting: this.#waiting(),
        message: this.#message,
        storage: this.#storage,
      },
    };
  }

  #waiting(): number {
    return [...this.#held.values()].filter((held) => held.sync !== "synced").length;
  }

  #visible(): Held[] {
    return [...this.#held.values()].filter(isShown);
  }

  #notice(kind: Notice["kind"], held: Held, origin: string | null): { type: "notice"; notice: Notice } {
    const by = origin === null ? "elsewhere" : "another-window";
    const key = kind === "deleted" ? null : held.key;
    const title = fieldsOf(held).title;
    return { type: "notice", notice: { id: ++this.#notices, kind, title, key, by, origin, replaced: [] } };
  }

  #show(held: Held, remote = false): ViewChange {
    return isShown(held)
      ? { type: "offer", offer: viewOf(held, this.#today), remote }
      : { type: "removed", key: held.key };
  }

  #all(): ViewChange[] {
    return [...this.#held.values()].map((held) => this.#show(held));
  }

  #get(key: OfferKey): Held {
    const held = this.#held.get(key);
    if (!held) throw appError("not-found", "This offer is no longer there.");
    return held;
  }
}
