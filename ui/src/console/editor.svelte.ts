/**
 * One offer being edited in this window: its draft, what was checked, what others did to it meanwhile, and its way to the engine.
 *
 * A session is made when the editor opens and dropped when it closes. It follows its offer through `renamed`, and after a save it
 * stays open on it. Absent: the look, and the questions asked before something is lost (`desk.svelte.ts`).
 */
import type { FieldErrors } from "../backend/backend";
import type { Backend } from "../backend/backend";
import type {
  AppError,
  Draft,
  Field,
  FieldConflict,
  OfferFields,
  OfferKey,
  PhotoChange,
  Side,
  StagedPhoto,
  ViewOffer,
} from "../backend/bindings";
import { parseTyped } from "../shared/dates";
import { photoForCopy } from "./copies";
import { changed, diff, type Editable, merge, newFields, trimmed } from "./draft";
import { asAppError } from "./errors";
import { carried, type DetailsName } from "./markup";
import type { Unsaved } from "./keeper";
import { PhotoChoice } from "./photo.svelte";
import type { Store } from "./store.svelte";
import { check, checkChanged } from "./validation";

type DateField = "valid_from" | "valid_to";

export const UNREADABLE_DATE = "Write the date like 2026-12-24.";

export class EditorSession {
  /** null: an offer that was never saved */
  key = $state.raw<OfferKey | null>(null);
  draft = $state<OfferFields>(newFields());
  /** their value of fields that were touched here too */
  clashes = $state.raw<Partial<OfferFields>>({});
  photo = $state.raw<PhotoChange | null>(null);
  /** the kind of details that followed an edit of the other, and what stood there before the first such edit */
  followed = $state.raw<{ name: DetailsName; before: string } | null>(null);
  /** why the engine did not take the photo */
  photoRefusal = $state.raw<string | null>(null);
  readonly photoChoice: PhotoChoice;
  /** what the last check or the last refused save said, by field */
  errors = $state.raw<FieldErrors>({});
  /** what has no field of its own */
  failure = $state.raw<string | null>(null);
  /** dates typed so far that are none */
  unreadable = $state.raw<Partial<Record<DateField, string>>>({});
  saving = $state.raw(false);
  /** a save waits for the photo that was chosen */
  waiting = $state.raw(false);
  saved = $state.raw(false);
  /** somebody deleted the offer while this draft was open */
  gone = $state.raw(false);
  /** counts how often the user asked to type here: each time the title wants the focus */
  summons = $state.raw(0);
  /** counts the saves that were refused because of a field: each time the first such field wants the focus */
  refusals = $state.raw(0);
  picks = $state.raw<Partial<Record<Field, Side>>>({});
  /** when the text was typed that came back; null: it was typed now */
  restoredAt = $state.raw<number | null>(null);

  #typedOn = false;
  #photoSeen = $state.raw<ViewOffer["photo"]>(null);
  #base = $state.raw<OfferFields>(newFields());
  /** Counts what calls off a save that waits: it was for what stood here then. */
  #turn = 0;
  /** as they were last shown */
  #conflicts: readonly FieldConflict[] = [];
  readonly #backend: Backend;
  readonly #store: Pick<Store, "get" | "currentKey" | "today">;
  readonly #locale: string;
  readonly #touched: () => void;

  /** `touched` is told whenever what is unsaved may be something else than before. */
  constructor(
    backend: Backend,
    store: Pick<Store, "get" | "currentKey" | "today">,
    locale: string,
    offer: ViewOffer | null,
    touched: () => void = () => undefined,
  ) {
    this.#touched = touched;
    this.#backend = backend;
    this.#store = store;
    this.#locale = locale;
    this.photoChoice = new PhotoChoice(backend, (change) => {
      this.photo = change;
      this.photoRefusal = null;
      this.#typed();
    });
    if (offer) {
      this.key = offer.key;
      this.#conflicts = offer.conflicts;
      this.#photoSeen = offer.photo;
      this.#base = { ...offer.fields };
      this.draft = { ...offer.fields };
    }
  }

  /** Something would be lost by closing now. */
  get dirty(): boolean {
    return this.photoChoice.fetching || this.photoChoice.isTyped || this.#holds;
  }

  /** There is something here that the offer does not have. */
  get #holds(): boolean {
    return (
      this.photo !== null ||
      this.photoChoice.chosen !== null ||
      Object.keys(this.unreadable).length > 0 ||
      changed(trimmed(this.#base), trimmed(this.draft)).length > 0
    );
  }

  /** What is wrong with the photo that was chosen last. */
  get photoError(): string | null {
    return this.photoChoice.error ?? this.photoRefusal;
  }

  /** The photo that the deleted offer had: it is created again with it. */
  get photoLeft(): ViewOffer["photo"] {
    return this.gone ? this.#photoSeen : null;
  }

  /** Text that came back does not stand here alone any more. */
  get typedOn(): boolean {
    const { fetching, isTyped, chosen } = this.photoChoice;
    return this.restoredAt !== null && (this.#typedOn || fetching || isTyped || chosen !== null);
  }

  get base(): OfferFields {
    return this.#base;
  }

  /** What a crash would take; null: nothing. */
  get unsaved(): Unsaved | null {
    // A photo that is only being fetched leaves nothing that could be kept.
    if (!this.#holds) return null;
    const { key, photo, unreadable } = this;
    return { key, base: { ...this.#base }, fields: { ...this.draft }, photo, unreadable };
  }

  /** The hotel's day. */
  get today(): string {
    return this.#store.today;
  }

  /** Text that was left comes back, and meets what its offer is now. Without the offer it was deleted meanwhile. */
  restore({ key, base, fields, photo, unreadable, savedAt }: Draft, offer: ViewOffer | undefined): void {
    this.#base = base;
    this.draft = fields;
    this.photo = photo;
    this.unreadable = Object.fromEntries(Object.entries(unreadable).filter(([, text]) => text));
    this.restoredAt = savedAt;
    this.#typedOn = false;
    if (offer) this.seen(offer);
    else if (key !== null) {
      this.key = key;
      this.gone = true;
    }
  }

  /** The editor closes: nothing that is under way here goes on. */
  close(): void {
    this.#callOff();
    this.photoChoice.reset();
  }

  /** Back to the offer as it is. */
  revert(offer: ViewOffer): void {
    this.#callOff();
    this.#base = { ...offer.fields };
    this.draft = { ...offer.fields };
    this.photo = null;
    this.unreadable = {};
    this.clashes = {};
    this.errors = {};
    this.followed = null;
    this.failure = this.photoRefusal = this.restoredAt = null;
    this.photoChoice.reset();
    this.#touched();
  }

  set<K extends Editable>(name: K, value: OfferFields[K]): void {
    this.draft[name] = value;
    this.#typed();
    this.#forgive(name);
  }

  /** Details in one of their two kinds; the other follows where that loses nothing, which is said. */
  setDetails(name: DetailsName, value: string): void {
    const other = name === "details_text" ? "details_html" : "details_text";
    const follows = other in this.clashes ? null : carried(this.draft, name, value);
    if (follows !== null) {
      const before = this.followed?.name === other ? this.followed.before : this.draft[other];
      this.draft[other] = follows;
      this.followed = { name: other, before };
    }
    this.set(name, value);
  }

  /** One kind of details is made from the other, or put back, because the user said so. */
  takeDetails(name: DetailsName, value: string): void {
    this.followed = null;
    this.set(name, value);
  }

  /** What was typed into a date field; an empty field is no date. */
  typeDate(name: DateField, text: string): void {
    const { [name]: _, ...others } = this.unreadable;
    const date = text.trim() === "" ? null : parseTyped(text, this.#locale);
    if (date === null && text.trim() !== "") {
      this.unreadable = { ...others, [name]: text };
      this.#typed();
      this.#forgive(name);
      return;
    }
    this.unreadable = others;
    this.#touched();
    if (this.draft[name] !== date) this.set(name, date);
    // The two dates are checked against each other: fixing one settles the other.
    this.#forgive("valid_to");
  }

  /** The offer as the engine shows it now. */
  seen(offer: ViewOffer): void {
    const { base, draft, clashes } = merge(this.#base, this.draft, offer.fields);
    this.#base = base;
    this.draft = draft;
    this.clashes = clashes;
    this.gone = false;
    this.#photoSeen = offer.photo;
    this.#touched();
    // A choice was made between two values: where theirs is another one now, it has to be made again.
    const shown = new Map(this.#conflicts.map(({ field, theirs }) => [field, theirs]));
    const standing = offer.conflicts.filter(({ field, theirs }) => shown.get(field) === theirs);
    const chosen = standing.flatMap(({ field }) => (this.picks[field] ? [[field, this.picks[field]] as const] : []));
    this.picks = Object.fromEntries(chosen);
    this.#conflicts = offer.conflicts;
  }

  /** The user has seen their value of a field that was touched here too. */
  settle(name: keyof OfferFields, side: Side): void {
    if (!(name in this.clashes)) return;
    const { [name]: theirs, ...others } = this.clashes;
    this.clashes = others;
    this.#base = { ...this.#base, [name]: theirs };
    if (side === "theirs") this.draft = { ...this.draft, [name]: theirs };
    this.#touched();
    this.#forgive(name);
  }

  pick(field: Field, side: Side): void {
    this.picks = { ...this.picks, [field]: side };
    // What is said of the order of the dates stands at the end, whichever of them is chosen anew.
    this.#forgive(field === "valid_from" ? "valid_to" : field);
  }

  /** Takes back a chosen photo, or has the offer's own removed with the next save. */
  removePhoto(hasOne: boolean): void {
    this.#callOff();
    this.photoRefusal = null;
    this.photoChoice.reset();
    this.photo = this.photo === null && hasOne ? "remove" : null;
    this.#typed();
  }

  /** Sends the chosen photo of an existing offer by itself, the other edits stay. */
  async uploadPhoto(photo: StagedPhoto): Promise<void> {
    if (this.key === null || this.saving) return;
    this.photoRefusal = null;
    await this.#send(async (key) => {
      if (key !== null) await this.#backend.uploadPhoto(key, photo);
      this.photo = null;
    });
  }

  /** Checks and saves what changed. False: something stands in the way, said at its place. */
  async save(): Promise<boolean> {
    if (this.saving || this.waiting) return false;
    if (!(await this.#photoCame()) || this.saving) return false;
    const stuck = this.#store.get(this.key)?.problem?.code;
    // What is created is sent whole; of an edit, what was touched.
    const isNew = this.key === null || this.gone;
    const touched = changed(this.#base, this.draft);
    const fields = isNew ? trimmed(this.draft) : trimmed(this.draft, touched);
    const errors = isNew || stuck === "not-found" ? check(fields) : checkChanged(fields, touched);
    for (const name of Object.keys(this.unreadable)) errors[name] = [UNREADABLE_DATE];
    this.errors = errors;
    this.failure = null;
    if (Object.keys(errors).length > 0) {
      this.refusals++;
      return false;
    }

    const photo = this.photo;
    const patch = diff(this.#base, fields);
    if (this.key !== null && !this.gone && stuck !== "not-found" && photo === null && Object.keys(patch).length === 0) {
      this.draft = fields;
      return (this.saved = true);
    }
    this.photoRefusal = null;
    const typed = { ...this.draft };
    return this.#send(async (key) => {
      if (key === null || this.gone) {
        const left = photo === null ? this.photoLeft : null;
        const staged =
          photo !== null && photo !== "remove" ? photo.set : await photoForCopy(this.#backend, { photo: left });
        const created = await this.#backend.createOffer(fields, staged);
        if (left && !staged)
          this.photoRefusal = "Created again without its photo, which is not on this computer any more.";
        // The server's id can be known before this answer is.
        this.key = this.#store.currentKey(created);
        this.gone = false;
      } else {
        // An edit of an offer that was to be deleted says that it shall stay.
        if (stuck === "changed") await this.#backend.discardChanges(key);
        if (photo !== null || Object.keys(patch).length > 0) await this.#backend.updateOffer(key, patch, photo);
        // It was deleted elsewhere: to save it is to create it anew.
        if (stuck === "not-found") await this.#backend.retryOffer(key);
      }
      // Typing goes on while a save is under way: only what has not moved since takes the trimmed text.
      const later = changed(typed, this.draft);
      const kept = Object.fromEntries(later.map((name) => [name, this.draft[name]]));
      this.#base = fields;
      this.draft = { ...fields, ...kept };
      this.clashes = {};
      this.followed = null;
      if (this.photo === photo) this.photo = null;
      const now = this.#store.get(this.key);
      if (now) this.seen(now);
    });
  }

  /** A photo that was chosen goes with the save, also when it is still being fetched or prepared. False: nothing is to be saved now. */
  async #photoCame(): Promise<boolean> {
    // Who types an address and saves means the photo there.
    if (!this.photoChoice.fetching) void this.photoChoice.fetch();
    if (this.photoChoice.work === null) return true;
    const turn = this.#turn;
    this.waiting = true;
    this.failure = null;
    let settled: Promise<void>;
    do {
      settled = this.photoChoice.settled;
      await settled;
      // Another one may have been chosen meanwhile.
    } while (turn === this.#turn && settled !== this.photoChoice.settled);
    if (turn !== this.#turn) return false;
    this.waiting = false;
    // Guests would see what is saved without it.
    if (this.photoChoice.error === null) return true;
    this.failure = this.photoChoice.isTyped
      ? "Not saved yet: correct the photo's address, or empty it."
      : "Not saved yet: look at the photo.";
    return false;
  }

  #callOff(): void {
    this.#turn++;
    this.waiting = false;
  }

  /** Sends the versions picked for the fields of a conflict. */
  async sendPicks(): Promise<boolean> {
    const choices = this.#conflicts.flatMap(({ field, theirs }) => {
      const side = this.picks[field];
      return side ? [{ field, side, theirs }] : [];
    });
    return this.#send(async (key) => {
      if (key !== null) await this.#backend.resolveConflict(key, choices);
    });
  }

  tryAgain(): Promise<boolean> {
    return this.#send(async (key) => {
      if (key !== null) await this.#backend.retryOffer(key);
    });
  }

  async #send(run: (key: OfferKey | null) => Promise<void>): Promise<boolean> {
    if (this.saving) return false;
    this.saving = true;
    this.failure = null;
    try {
      await run(this.key);
      this.saved = true;
      this.#touched();
      if (!this.dirty) this.restoredAt = null;
    } catch (error) {
      this.#refused(asAppError(error));
    } finally {
      this.saving = false;
    }
    return this.saved && this.failure === null;
  }

  #refused({ fields, message, code }: AppError): void {
    this.saved = false;
    const { non_field_errors, photo, ...own } = fields ?? {};
    this.errors = { ...this.errors, ...own };
    if (Object.keys(own).length > 0) this.refusals++;
    if (photo || code === "photo") this.photoRefusal = photo?.join(" ") ?? message;
    const unplaced = !fields || Object.keys(fields).length === 0;
    if (non_field_errors) this.failure = non_field_errors.join(" ");
    else if (unplaced && code !== "photo") this.failure = message;
    else this.failure = "Not saved yet: look at the marked fields.";
  }

  #typed(): void {
    this.saved = false;
    this.#typedOn = true;
    this.#touched();
  }

  #forgive(name: string): void {
    if (!(name in this.errors)) return;
    const { [name]: _, ...others } = this.errors;
    this.errors = others;
  }
}
