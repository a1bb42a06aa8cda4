/**
 * Which rows of a long list are in the page: those in sight and a few around them. All rows are equally high, so this is one division; a
 * virtual list that measures its rows would have nothing to measure.
 */
import type { OfferKey, ViewOffer } from "../backend/bindings";

const SPARE_ROWS = 8;

/** Of a list this high, scrolled to `top`: from, to (not included). */
export function rowsInSight(
  top: number,
  height: number,
  count: number,
  row: number,
  spare = SPARE_ROWS,
): [from: number, to: number] {
  const from = Math.max(0, Math.floor(top / row) - spare);
  return [Math.min(from, count), Math.min(count, Math.ceil((top + height) / row) + spare)];
}

/** Where Tab comes in: the chosen offer, or the first one in the page where that was scrolled away. */
export function stopAmong(shown: readonly ViewOffer[], chosen: OfferKey | null): OfferKey | null {
  return shown.some(({ key }) => key === chosen) ? chosen : (shown[0]?.key ?? null);
}

/** Where to scroll so that a row is in sight; `head` stands over the list's top. */
export function scrollFor(at: number, row: number, top: number, height: number, head = 0): number {
  if (at * row < top) return at * row;
  const bottom = (at + 1) * row + head;
  return bottom > top + height ? bottom - height : top;
}
