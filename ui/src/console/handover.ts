/**
 * What is different since somebody last worked here: the offers as they were then, as one number each, against the offers now. Kept in the
 * webview's storage, by account: an offer's texts stay in the engine's own, which goes with the account. Absent: who did it and what
 * exactly, which the history tells.
 */
import type { OfferKey, OfferVersion, ViewOffer } from "../backend/bindings";
import { fieldLabels } from "./draft";

/** `print`: of all its fields. `photo`: its name; "": there is one, whose bytes have not come yet; null: there is none. */
type Seen = { print: number; photo: string | null; shown: boolean };
/** `at`: Unix milliseconds. */
export type Mark = { at: number; offers: ReadonlyMap<OfferKey, Seen> };

export type Since = {
  created: ViewOffer[];
  changed: ViewOffer[];
  /** from the guests */
  hidden: ViewOffer[];
  shown: ViewOffer[];
  /** their keys: what they were, only the history knows */
  gone: OfferKey[];
};

/** An offer is replaced, never changed. */
const prints = new WeakMap<ViewOffer, number>();

/** FNV-1a: the same text, the same number; two texts, almost surely two. */
function printOf(offer: ViewOffer): number {
  let print = prints.get(offer);
  if (print === undefined) {
    print = 0x811c9dc5;
    // Its place in the list is no news to anybody.
    const text = JSON.stringify({ ...offer.fields, sort_order: 0 });
    for (let at = 0; at < text.length; at++) print = Math.imul(print ^ text.charCodeAt(at), 0x01000193);
    prints.set(offer, print);
  }
  return print;
}

const photoOf = ({ photo }: ViewOffer): string | null => photo && (photo.hash ?? "");

/** A photo that has only come since then is no other one. */
const isAnother = (before: string | null, now: string | null): boolean => before !== now && before !== "" && now !== "";

const seen = (offer: ViewOffer): Seen => ({
  print: printOf(offer),
  photo: photoOf(offer),
  shown: offer.fields.is_active,
});

export function markOf(offers: readonly ViewOffer[], at: number): Mark {
  // What has no id yet gets another key before anybody comes back.
  const kept = offers.filter(({ id }) => id !== null);
  return {
    at,
    offers: new Map(kept.map((offer) => [offer.key, seen(offer)])),
  };
}

/** With what this computer did to offers, by their keys; null: the offer is gone. */
export function withOwn({ at, offers }: Mark, own: Iterable<readonly [OfferKey, ViewOffer | null]>): Mark {
  const known = new Map(offers);
  for (const [key, offer] of own) {
    known.delete(key);
    if (offer && offer.id !== null) known.set(key, seen(offer));
  }
  return { at, offers: known };
}

export function since(mark: Mark, offers: readonly ViewOffer[]): Since {
  const found: Since = { created: [], changed: [], hidden: [], shown: [], gone: [] };
  const left = new Set(mark.offers.keys());
  for (const offer of offers) {
    const before = mark.offers.get(offer.key);
    left.delete(offer.key);
    if (!before) found.created.push(offer);
    else if (before.shown !== offer.fields.is_active) (before.shown ? found.hidden : found.shown).push(offer);
    else if (before.print !== printOf(offer) || isAnother(before.photo, photoOf(offer))) found.changed.push(offer);
  }
  found.gone = [...left];
  return found;
}

export const countOf = ({ created, changed, hidden, shown, gone }: Since): number =>
  created.length + changed.length + hidden.length + shown.length + gone.length;

export function writeMark({ at, offers }: Mark): string {
  return JSON.stringify([at, [...offers].map(([key, { print, photo, shown }]) => [key, print, photo, shown])]);
}

type Row = [OfferKey, number, string | null, boolean];
function isRow(row: unknown): row is Row {
  if (!Array.isArray(row)) return false;
  const [key, print, photo, shown] = row as unknown[];
  const isPhoto = photo === null || typeof photo === "string";
  return typeof key === "string" && typeof print === "number" && isPhoto && typeof shown === "boolean";
}

/** Null: nothing was kept, or nothing that can be read. */
export function readMark(text: string | null): Mark | null {
  try {
    const kept: unknown = JSON.parse(text ?? "null");
    if (!Array.isArray(kept) || typeof kept[0] !== "number" || !Array.isArray(kept[1])) return null;
    const rows: unknown[] = kept[1];
    return rows.every(isRow)
      ? { at: kept[0], offers: new Map(rows.map(([key, print, photo, shown]) => [key, { print, photo, shown }])) }
      : null;
  } catch {
    return null;
  }
}

/** `Title, last day · elsewhere`: what the versions since then changed, and who. Empty: this computer saw none. That it is shown or hidden is said where it stands. */
export function changeWords(versions: readonly OfferVersion[], at: number): string {
  const fresh = versions.filter((version) => version.seenAt > at);
  const changed = fresh.flatMap(({ changes }) => changes.filter(({ field }) => field !== "is_active"));
  const fields = new Set(changed.map(({ field }) => fieldLabels[field]));
  if (fresh.some(({ photoChanged }) => photoChanged)) fields.add(fieldLabels.photo);
  const names = [...fields].map((label, place) => (place === 0 ? label : label.toLowerCase())).join(", ");
  const elsewhere = fresh.some(({ origin }) => origin.from === "elsewhere");
  const here = fresh.some(({ origin }) => origin.from === "this-computer");
  const who = elsewhere && here ? "here and elsewhere" : elsewhere ? "elsewhere" : here ? "on this computer" : "";
  return [names, who].filter(Boolean).join(" · ");
}
