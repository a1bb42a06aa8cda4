/** Where a dragged offer was let go, in a list that stood still meanwhile. */
import type { OfferKey } from "../backend/bindings";

type Listed = { key: OfferKey };

/**
 * The offer before which `moved` was put, at `place` among the others of `held`, the list as it was seen: the first of those behind that
 * is still there. null: at the end. `now` tells the key an offer has by now; undefined: it has gone.
 */
export function droppedBefore(
  held: readonly Listed[],
  moved: Listed,
  place: number,
  now: (key: OfferKey) => OfferKey | undefined,
): OfferKey | null {
  const behind = held.filter((offer) => offer !== moved).slice(place);
  for (const { key } of behind) {
    const there = now(key);
    if (there !== undefined) return there;
  }
  return null;
}
