/** Search over title, tag and texts: every word must occur somewhere, whatever its case and accents. */
import type { ViewOffer } from "../backend/bindings";

/** An offer is replaced, never changed, so what was folded for it stays true as long as it lives. */
const folded = new WeakMap<ViewOffer, string>();

export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

export function searchTerms(query: string): string[] {
  return fold(query).split(/\s+/).filter(Boolean);
}

export function matches(offer: ViewOffer, terms: string[]): boolean {
  if (terms.length === 0) return true;
  let text = folded.get(offer);
  if (text === undefined) {
    const { title, tag, short_description, details_text } = offer.fields;
    text = fold(`${title}\n${tag}\n${short_description}\n${details_text}`);
    folded.set(offer, text);
  }
  const haystack = text;
  return terms.every((term) => haystack.includes(term));
}
