/**
 * What cannot be saved, said at its field before anything is sent: the rules and words of the `model` crate, which checks again.
 * A booking link that looks wrong is only remarked on: the server decides.
 */
import type { FieldErrors } from "../backend/backend";
import type { OfferFields } from "../backend/bindings";

export const limits = { title: 200, tag: 50, book_now_url: 200 } as const;

/** Characters as the server counts them: code points, not UTF-16 units. */
export const lengthOf = (text: string): number => [...text].length;

export function check(fields: OfferFields): FieldErrors {
  const errors: FieldErrors = {};
  const say = (field: string, message: string) => (errors[field] ??= []).push(message);

  if (!fields.title) say("title", "Give the offer a title.");
  if (!fields.short_description) say("short_description", "Describe the offer in a sentence.");
  for (const field of ["title", "tag", "book_now_url"] as const) {
    const length = lengthOf(fields[field]);
    if (length > limits[field]) say(field, `At most ${limits[field]} characters; this has ${length}.`);
  }
  for (const field of ["title", "short_description", "details_text", "details_html", "tag", "book_now_url"] as const) {
    if (fields[field].includes("\0")) say(field, "Holds a character that cannot be stored (NUL).");
  }
  if (fields.valid_from && fields.valid_to && fields.valid_to < fields.valid_from) {
    say("valid_to", "The end date is before the start date.");
  }
  return errors;
}

/**
 * What is wrong as far as a change of these answers for it: what others have stored in the rest is not for its author to mend.
 * Either date answers for their order.
 */
export function checkChanged(fields: OfferFields, changed: readonly (keyof OfferFields)[]): FieldErrors {
  const names: readonly string[] = changed.includes("valid_from") ? [...changed, "valid_to"] : changed;
  return Object.fromEntries(Object.entries(check(fields)).filter(([name]) => names.includes(name)));
}

/** A remark on a booking link, null when it looks like one. */
export function linkRemark(link: string): string | null {
  const text = link.trim();
  if (!text) return null;
  if (!/^https?:\/\//i.test(text)) return "This does not look like a web address: it usually starts with https://";
  if (!URL.canParse(text) || /\s/.test(text)) return "This does not look like a complete web address.";
  if (!new URL(text).hostname.includes(".")) return "This does not look like an address guests can reach.";
  if (/^http:/i.test(text)) return "Guests' browsers warn about http:// links; https:// is better.";
  return null;
}
