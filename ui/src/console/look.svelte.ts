/**
 * How this window looks at the offers: view, layout, order, the timeline's stretch, and how large everything is. The last choice is kept in the webview's own
 * storage: it is a matter of taste, not of the hotel, so the engine knows nothing of it. Absent: what is searched for and selected.
 */
import { allViews, type ViewName } from "./views";
import { isSortBy, type Sort } from "./sort";
import { spans } from "./timeline";

export const layouts = ["cards", "table", "timeline"] as const;
export type Layout = (typeof layouts)[number];

export type Choices = { view: ViewName; layout: Layout; sort: Sort; months: number; byTag: boolean; zoom: number };

const NAME = "hotelmate.look";

export const plainLook = (): Choices => ({
  view: "all",
  layout: "cards",
  sort: { by: "order", down: false },
  months: 6,
  byTag: true,
  zoom: 100,
});

/** How large everything is, in percent: what can be chosen. */
export const zooms: readonly number[] = [75, 90, 100, 110, 125, 150, 175, 200];

/** The next larger or smaller one; the same at the end. */
export function nextZoom(now: number, by: 1 | -1): number {
  const further = zooms.filter((zoom) => (by > 0 ? zoom > now : zoom < now));
  return (by > 0 ? further[0] : further.at(-1)) ?? now;
}

/** What was kept, as far as it makes sense: an older or newer program may have written it. */
export function readLook(text: string | null): Choices {
  const look = plainLook();
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? "null");
  } catch {
    return look;
  }
  if (typeof kept !== "object" || kept === null) return look;
  const { view, layout, sort, months, byTag, zoom } = kept as Record<string, unknown>;
  const info = allViews.find(({ name }) => name === view);
  if (info) look.view = info.name;
  const known = layouts.find((name) => name === layout);
  if (known) look.layout = known;
  if (typeof sort === "object" && sort !== null && "by" in sort && isSortBy(sort.by)) {
    look.sort = { by: sort.by, down: "down" in sort && sort.down === true };
  }
  const span = spans.find((one) => one.months === months);
  if (span) look.months = span.months;
  if (typeof byTag === "boolean") look.byTag = byTag;
  if (zooms.some((one) => one === zoom)) look.zoom = zoom as number;
  return look;
}

type Keeper = Pick<Storage, "getItem" | "setItem">;

export class Look {
  #choices = $state.raw<Choices>(plainLook());
  readonly #keeper: Keeper | null;

  constructor(keeper: Keeper | null = keptHere()) {
    this.#keeper = keeper;
    this.#choices = readLook(keeper?.getItem(NAME) ?? null);
  }

  get now(): Choices {
    return this.#choices;
  }

  choose(some: Partial<Choices>): void {
    this.#choices = { ...this.#choices, ...some };
    try {
      // Another window may have chosen something else meanwhile: that stays.
      const kept = readLook(this.#keeper?.getItem(NAME) ?? null);
      this.#keeper?.setItem(NAME, JSON.stringify({ ...kept, ...some }));
    } catch {
      // A full or closed storage costs the memory of a taste, nothing else.
    }
  }
}

/** The storage of the webview; null where it is switched off. */
export function keptHere(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
