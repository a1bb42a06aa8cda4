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

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", rsquo: "’", euro: "€" };

/** All but single spaces: those are most, and stay. */
const GAPS = /\s{2,}|[^\S ]/g;

/** The words of formatted text, near enough for a search: ten thousand are too many for a parser (`markup.ts`). Accents are lost anyway. */
function wordsOf(html: string): string {
  return html
    .replace(/<\/?(?:[abiu]|em|strong|span)\b[^<>]*>/gi, "")
    .replace(/<(script|style)\b[^]*?<\/\1>|<[^<>]*>/gi, " ")
    .replace(
      /&(?:#(x[\da-f]+|\d+)|(\w)(?:acute|grave|circ|uml|tilde|cedil|ring)|(\w+));/gi,
      (_, code?: string, letter?: string, name = "") =>
        letter ?? (code ? String.fromCodePoint(Math.min(Number(`0${code}`), 0x10ffff)) : (NAMED[name] ?? " ")),
    )
    .replace(GAPS, " ")
    .trim();
}

function textOf(offer: ViewOffer): string {
  let text = folded.get(offer);
  if (text === undefined) {
    const { title, tag, short_description, details_text, details_html } = offer.fields;
    const formatted = details_html && wordsOf(details_html);
    // Mostly it is the same text in its other kind.
    const more = formatted && !details_text.replace(GAPS, " ").includes(formatted) ? formatted : "";
    text = fold(`${title}\n${tag}\n${short_description}\n${details_text}\n${more}`);
    folded.set(offer, text);
  }
  return text;
}

export function matches(offer: ViewOffer, terms: string[]): boolean {
  return terms.length === 0 || holds(textOf(offer), terms);
}

function holds(text: string, terms: string[]): boolean {
  return terms.every((term) => text.includes(term));
}

type Looked = { folded: string; offers: readonly ViewOffer[]; texts: readonly string[] };

/**
 * Searches one list again and again, while somebody types: what a letter more leaves is looked for in what was found before it. The answer
 * is the same array for as long as it holds the same offers.
 */
export class Search {
  #list: readonly ViewOffer[] | undefined;
  #all: Looked = { folded: "", offers: [], texts: [] };
  #last = this.#all;

  /** Those of `list` that match, in its order. */
  find(list: readonly ViewOffer[], query: string): readonly ViewOffer[] {
    const folded = fold(query).trimStart();
    const terms = searchTerms(folded);
    if (terms.length === 0) return list;
    if (list !== this.#list) {
      this.#list = list;
      this.#last = this.#all = { folded: "", offers: list, texts: list.map(textOf) };
    }
    // Each word of the shorter query begins one of the longer.
    const before = folded.startsWith(this.#last.folded) ? this.#last : this.#all;
    const offers: ViewOffer[] = [];
    const texts: string[] = [];
    before.offers.forEach((offer, at) => {
      const text = before.texts[at] ?? "";
      if (!holds(text, terms)) return;
      offers.push(offer);
      texts.push(text);
    });
    const isSame = offers.length === before.offers.length;
    this.#last = isSame ? { ...before, folded } : { folded, offers, texts };
    return this.#last.offers;
  }
}

/** Half of a frame at most, and time for others in between. */
const SLICE_MS = 6;
const PAUSE_MS = 40;

/**
 * Folds what will be searched while nobody waits for it: of ten thousand offers it takes a tenth of a second, which the first letter typed
 * would wait for. Returns how to stop.
 */
export function foldAhead(offers: readonly ViewOffer[]): () => void {
  let at = 0;
  const slice = () => {
    for (const until = performance.now() + SLICE_MS; at < offers.length && performance.now() < until; at++) {
      const offer = offers[at];
      if (offer) textOf(offer);
    }
    if (at < offers.length) next = setTimeout(slice, PAUSE_MS);
  };
  let next = setTimeout(slice, PAUSE_MS);
  return () => clearTimeout(next);
}
