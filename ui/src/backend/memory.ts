/**
 * The engine's twin for component tests and for working on screens in a browser: one hotel in memory, any number of windows on it.
 *
 * It keeps the promises that windows rely on: every change goes through one numbered feed; an offer made here is `new:…` until the
 * server has "answered" and is then renamed; a change shows at once, and says how far it is; a field changed here and elsewhere is
 * a conflict; the window that caused a notice is named in it. Sending happens when `settle()` is called, or by itself after
 * `latency`. What others do, and what goes wrong, is played with `elsewhere`, `offline`, `park`, `expire` and `failNext`.
 *
 * Absent: HTTP, Pusher, disk, the merging of several pending operations in order. Those rules live in Rust and are tested there.
 */
import type { FieldErrors } from "./backend";
import type { Backend } from "./backend";
import type {
  AccountView,
  AppError,
  Batch,
  CheckStep,
  Choice,
  Connection,
  ErrorCode,
  Notice,
  OfferFields,
  OfferKey,
  OfferPatch,
  PhotoChange,
  Session,
  SignInForm,
  StagedPhoto,
  TokenKept,
  ViewChange,
  ViewOffer,
} from "./bindings";
import { blank, conflictsOf, fieldsOf, type Held, patchTo, validityOf } from "./memory-rules";

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

export class MemoryHotel {
  /** What the next file dialog returns. */
  nextPhoto: StagedPhoto | null = null;
  readonly calls: { method: string; args: unknown[] }[] = [];

  readonly #held = new Map<OfferKey, Held>();
  readonly #windows = new Map<string, (batch: Batch) => void>();
  readonly #pictures = new Map<string, string>();
  readonly #failures = new Map<string, AppError>();
  readonly #today: string;
  readonly #latency: number | null;
  readonly #tokenKept: TokenKept;
  #form: SignInForm;
  #session: Session = { state: "signed-out" };
  #state: Connection["state"] = "signed-out";
  #retryAt: number | null = null;
  #lastSynced: number | null = null;
  #message: string | null = null;
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
    const held = this.#fresh(key, { ...blank(), ...fields });
    if (picture !== null) held.photo = { hash: this.addPicture(picture) };
    this.#held.set(key, held);
    return key;
  }

  addPicture(address: string): string {
    const hash = `picture-${this.#pictures.size + 1}`;
    this.#pictures.set(hash, address);
    return hash;
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
    this.#failures.set(method, { code, message, fields, retryAfter: null });
  }

  offline(retryInMs: number | null = null, lastSynced: number | null = this.#lastSynced): void {
    this.#state = "offline";
    this.#lastSynced = lastSynced;
    this.#retryAt = retryInMs === null ? null : Date.now() + retryInMs;
    for (const held of this.#held.values()) if (held.sync === "sending") held.sync = "waiting";
    this.#publish([...this.#all(), this.#connection()]);
  }

  online(): void {
    this.#state = "live";
    this.#retryAt = null;
    this.#lastSynced = Date.now();
    this.#publish([this.#connection()]);
    this.#send();
  }

  expire(message = "The server signed this computer out."): void {
    if (this.#session.state !== "signed-in") return;
    this.#session = { state: "expired", account: this.#session.account, demo: this.#session.demo, message };
    this.#state = "signed-out";
    this.#publish([{ type: "session", session: this.#session }, this.#connection()]);
  }

  say(message: string | null): void {
    this.#message = message;
    this.#publish([this.#connection()]);
  }

  /** The server refuses what is on its way for this offer. */
  park(key: OfferKey, message: string, fields: FieldErrors | null = null): void {
    const held = this.#get(key);
    held.sync = "parked";
    held.problem = { code: "invalid", message, fields };
    this.#publish([this.#show(held), this.#connection()]);
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
      held.conflicts = conflictsOf(held);
      if (held.conflicts.length > 0) held.sync = "conflict";
      this.#publish([this.#show(held, true), this.#connection()]);
    },
    remove: (key: OfferKey): void => {
      const held = this.#get(key);
      this.#held.delete(key);
      this.#publish([{ type: "removed", key }, this.#notice("deleted", held, null)]);
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
      held.base = fieldsOf(held);
      held.pending = {};
      held.sync = "synced";
      if (held.key.startsWith("new:")) {
        const from = held.key;
        this.#held.delete(from);
        held.key = String(++this.#ids);
        held.createdAt = new Date(Date.UTC(2026, 10, 22, 12, 0, this.#ids)).toISOString();
        this.#held.set(held.key, held);
        changes.push({ type: "renamed", from, to: held.key });
      }
      changes.push(this.#show(held));
    }
    if (changes.length > 0) this.#publish([...changes, this.#connection()]);
  }

  /** A window on this hotel. */
  open(label = `console-${++this.#opened}`): Backend {
    const command = <A extends unknown[], R>(method: keyof Backend, run: (...args: A) => R) => {
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
      subscribe: command("subscribe", (onBatch) => {
        this.#windows.set(label, onBatch);
        return () => this.#windows.delete(label);
      }),
      snapshot: command("snapshot", () => ({
        seq: this.#seq,
        session: this.#session,
        connection: this.#connection().connection,
        offers: this.#session.state === "signed-out" ? [] : [...this.#held.values()].map((held) => this.#view(held)),
      })),
      signInForm: command("signInForm", () => ({ ...this.#form })),
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
      signOut: command("signOut", () => {
        this.#session = { state: "signed-out" };
        this.#state = "signed-out";
        this.#publish([{ type: "session", session: this.#session }, this.#connection(), { type: "reset" }]);
      }),
      keepTokenInFile: command("keepTokenInFile", () => {
        if (this.#session.state !== "signed-in") return;
        this.#session = { ...this.#session, tokenKept: "file" };
        this.#publish([{ type: "session", session: this.#session }]);
      }),

      createOffer: command("createOffer", (fields, photo) => this.#create(label, fields, photo)),
      updateOffer: command("updateOffer", (key, patch, photo) => this.#update(key, patch, photo)),
      deleteOffer: command("deleteOffer", (key) => {
        const held = this.#get(key);
        this.#held.delete(key);
        this.#publish([{ type: "removed", key }, this.#notice("deleted", held, label), this.#connection()]);
      }),
      uploadPhoto: command("uploadPhoto", (key, photo) => this.#update(key, {}, { set: photo })),
      pickPhoto: command("pickPhoto", () => this.nextPhoto),
      retryOffer: command("retryOffer", (key) => {
        const held = this.#get(key);
        held.problem = null;
        this.#queue(held);
      }),
      discardChanges: command("discardChanges", (key) => {
        const held = this.#get(key);
        if (held.base === null) {
          this.#held.delete(key);
          this.#publish([{ type: "removed", key }, this.#connection()]);
          return;
        }
        Object.assign(held, { pending: {}, sync: "synced", problem: null, conflicts: [] });
        this.#publish([this.#show(held), this.#connection()]);
      }),
      resolveConflict: command("resolveConflict", (key, choices) => this.#resolve(key, choices)),

      retryNow: command("retryNow", () => this.online()),
      openConsoleWindow: command("openConsoleWindow", () => undefined),
      windowReady: command("windowReady", () => undefined),
      photoUrl: (hash) => this.#pictures.get(hash) ?? "",
    };
  }

  // The commands.

  #signIn(form: SignInForm, demo: boolean): void {
    this.#form = form;
    this.signedIn(demo);
    this.#publish([{ type: "reset" }]);
  }

  #create(label: string, fields: OfferFields, photo: StagedPhoto | null): OfferKey {
    const key = `new:${crypto.randomUUID()}`;
    const held: Held = { ...this.#fresh(key, fields), base: null, createdAt: null, pending: patchTo(blank(), fields) };
    if (photo) held.photo = { hash: photo.hash };
    this.#held.set(key, held);
    this.#queue(held, [this.#notice("created", held, label)]);
    return key;
  }

  #update(key: OfferKey, patch: OfferPatch, photo: PhotoChange | null): void {
    const held = this.#get(key);
    held.pending = { ...held.pending, ...patch };
    if (photo) held.photo = photo === "remove" ? null : { hash: photo.set.hash };
    held.problem = null;
    held.conflicts = conflictsOf(held);
    this.#queue(held);
  }

  #resolve(key: OfferKey, choices: Choice[]): void {
    const held = this.#get(key);
    for (const { field, side } of choices) {
      const change = held.pending[field];
      if (side === "theirs" || !change) held.pending[field] = null;
      else Object.assign(change, { before: held.base?.[field] });
    }
    held.conflicts = conflictsOf(held);
    this.#queue(held);
  }

  #queue(held: Held, more: ViewChange[] = []): void {
    if (held.conflicts.length > 0) held.sync = "conflict";
    else held.sync = this.#state === "live" ? "sending" : "waiting";
    this.#publish([this.#show(held), this.#connection(), ...more]);
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
    const waiting = [...this.#held.values()].filter((held) => held.sync !== "synced").length;
    return {
      type: "connection",
      connection: {
        state: this.#state,
        retryAt: this.#retryAt,
        lastSynced: this.#lastSynced,
        waiting,
        message: this.#message,
      },
    };
  }

  #notice(kind: Notice["kind"], held: Held, origin: string | null): { type: "notice"; notice: Notice } {
    const by = origin === null ? "elsewhere" : "another-window";
    const key = kind === "deleted" ? null : held.key;
    return { type: "notice", notice: { id: ++this.#notices, kind, title: fieldsOf(held).title, key, by, origin } };
  }

  #show(held: Held, remote = false): ViewChange {
    return { type: "offer", offer: this.#view(held), remote };
  }

  #all(): ViewChange[] {
    return [...this.#held.values()].map((held) => this.#show(held));
  }

  #view(held: Held): ViewOffer {
    const fields = fieldsOf(held);
    return structuredClone({
      key: held.key,
      id: held.key.startsWith("new:") ? null : Number(held.key),
      fields,
      photo: held.photo,
      createdAt: held.createdAt,
      sync: held.sync,
      validity: validityOf(fields, this.#today),
      problem: held.problem,
      conflicts: held.conflicts,
    });
  }

  #fresh(key: OfferKey, base: OfferFields): Held {
    const createdAt = new Date(Date.UTC(2026, 9, 1, 12, 0, Number(key) || 0)).toISOString();
    return { key, base, pending: {}, photo: null, createdAt, sync: "synced", problem: null, conflicts: [] };
  }

  #get(key: OfferKey): Held {
    const held = this.#held.get(key);
    if (!held) {
      const gone: AppError = {
        code: "not-found",
        message: "This offer is no longer there.",
        fields: null,
        retryAfter: null,
      };
      throw gone;
    }
    return held;
  }
}
