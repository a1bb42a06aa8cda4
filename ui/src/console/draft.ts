/**
 * The editor's arithmetic: what changed since it opened, and what to do when somebody else changes the same offer meanwhile.
 *
 * Three versions of each field are in play: `base`, what it had when the editor opened or last agreed with the outside; the
 * draft; and theirs. A field nobody touched here follows theirs. A touched one keeps the draft and is shown as a clash. The base
 * of a clash stays as it was, so that a save without a choice is found out by the engine and held, never sent over theirs.
 */
import type { OfferFields, OfferPatch } from "../backend/bindings";

/** The fields the editor shows, by the wire's names. */
export const editable = [
  "title",
  "short_description",
  "valid_from",
  "valid_to",
  "tag",
  "book_now_url",
  "details_text",
  "details_html",
  "is_active",
] as const;
export type Editable = (typeof editable)[number];

export const fieldLabels: Record<keyof OfferFields | "photo", string> = {
  title: "Title",
  short_description: "Short description",
  valid_from: "From",
  valid_to: "To",
  tag: "Tag",
  book_now_url: "Booking link",
  details_text: "Details",
  details_html: "Formatted details",
  sort_order: "Place in the list",
  is_active: "Shown to guests",
  photo: "Photo",
};

export function newFields(): OfferFields {
  return {
    title: "",
    short_description: "",
    details_text: "",
    details_html: "",
    valid_from: null,
    valid_to: null,
    tag: "",
    book_now_url: "",
    sort_order: 0,
    is_active: true,
  };
}

const names = Object.keys(newFields()) as (keyof OfferFields)[];

/** The server trims every text: what is sent is what will come back. What is not sent stays as it is. */
export function trimmed(fields: OfferFields, sent: readonly (keyof OfferFields)[] = names): OfferFields {
  const copy = { ...fields };
  for (const name of ["title", "short_description", "details_text", "tag", "book_now_url"] as const) {
    if (sent.includes(name)) copy[name] = copy[name].trim();
  }
  return copy;
}

function put<K extends keyof OfferFields>(into: Partial<OfferFields>, from: OfferFields, name: K): void {
  into[name] = from[name];
}

function change<K extends keyof OfferFields>(patch: OfferPatch, base: OfferFields, draft: OfferFields, name: K): void {
  patch[name] = { before: base[name], after: draft[name] } as OfferPatch[K];
}

export const changed = (base: OfferFields, draft: OfferFields): (keyof OfferFields)[] =>
  names.filter((name) => base[name] !== draft[name]);

/** Only what changed, each with the value the editor opened with. */
export function diff(base: OfferFields, draft: OfferFields): OfferPatch {
  const patch: OfferPatch = {};
  for (const name of changed(base, draft)) change(patch, base, draft, name);
  return patch;
}

export type Merged = {
  base: OfferFields;
  draft: OfferFields;
  /** their value of each field that was touched here too and differs */
  clashes: Partial<OfferFields>;
};

export function merge(base: OfferFields, draft: OfferFields, theirs: OfferFields): Merged {
  const merged: Merged = { base: { ...base }, draft: { ...draft }, clashes: {} };
  for (const name of names) {
    if (draft[name] === base[name]) put(merged.draft, theirs, name);
    else if (theirs[name] !== draft[name]) {
      if (theirs[name] !== base[name]) put(merged.clashes, theirs, name);
      continue;
    }
    put(merged.base, theirs, name);
  }
  return merged;
}
