/**
 * Where an offer stands among the others.
 *
 * The server orders by `sort_order`, then newest first, and says neither on the public page: there the order is all one learns. Live events
 * carry both. So the page knows the place of the offers it has heard of, and for the others only what stands before and after them. From that
 * a new place follows, or it does not; then the page has to be read.
 */
import type { Json } from "./offers";

/** What the server orders by. It is never shown. */
export interface Place {
  readonly order: number;
  /** microseconds since 1970 */
  readonly created: number;
}

/** The place of a whole offer, as far as it says it. */
export function readPlace(offer: Json): Place | null {
  if (!Number.isSafeInteger(offer.sort_order) || typeof offer.created_at !== "string") return null;
  const milliseconds = Date.parse(offer.created_at);
  if (Number.isNaN(milliseconds)) return null;
  // `Date` stops at milliseconds, the server does not.
  const micros = Number((/\.(\d{1,6})/.exec(offer.created_at)?.[1] ?? "").padEnd(6, "0"));
  return { order: offer.sort_order as number, created: Math.floor(milliseconds / 1000) * 1e6 + micros };
}

/** Negative when `one` stands before `other`. */
export const comparePlaces = (one: Place, other: Place): number =>
  one.order - other.order || other.created - one.created;

/** The first and the last index at which `place` can stand in `ids`. Where they are equal, it is certain. */
export function boundsOf(
  place: Place,
  ids: readonly number[],
  places: ReadonlyMap<number, Place>,
): readonly [first: number, last: number] {
  let first = 0;
  let last = ids.length;
  ids.forEach((id, at) => {
    const known = places.get(id);
    if (!known) return;
    const side = comparePlaces(known, place);
    if (side < 0) first = Math.max(first, at + 1);
    if (side > 0) last = Math.min(last, at);
  });
  return [first, Math.max(first, last)];
}

/** Whether the known places agree with an order that was read. Where they do not, a change was missed, and they are worth nothing. */
export function agree(ids: readonly number[], places: ReadonlyMap<number, Place>): boolean {
  const known = ids.map((id) => places.get(id)).filter((place) => place !== undefined);
  return known.every((place, at) => {
    const before = known[at - 1];
    return before === undefined || comparePlaces(before, place) <= 0;
  });
}
