/** Orders to look at offers in. "order" is the guests' own, which the engine keeps and the store holds; the others only rearrange the screen. */
import type { Phase, ViewOffer } from "../backend/bindings";

export const sorts = [
  { by: "order", label: "As guests see them" },
  { by: "title", label: "Title" },
  { by: "tag", label: "Tag" },
  { by: "state", label: "State" },
  { by: "from", label: "First day" },
  { by: "to", label: "Last day" },
  { by: "created", label: "Newest" },
] as const;

export type SortBy = (typeof sorts)[number]["by"];
/** `down`: the other way round. */
export type Sort = { by: SortBy; down: boolean };

export const isSortBy = (by: unknown): by is SortBy => sorts.some((one) => one.by === by);

/** What needs an eye first. */
const phases: Record<Phase, number> = { ending: 0, live: 1, scheduled: 2, ended: 3, hidden: 4 };

/** A first day that is not set has always been; a last day that is not set never comes. */
const ALWAYS = "0000";
const NEVER = "9999";

type Compare = (a: ViewOffer, b: ViewOffer) => number;

const text = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

function comparison(by: SortBy, locale: string): Compare {
  const collator = new Intl.Collator(locale, { sensitivity: "base", numeric: true });
  switch (by) {
    case "order":
      return () => 0;
    case "title":
      return (a, b) => collator.compare(a.fields.title, b.fields.title);
    case "tag":
      return (a, b) => collator.compare(a.fields.tag, b.fields.tag);
    case "state":
      return (a, b) =>
        phases[a.validity.state] - phases[b.validity.state] || text(a.validity.date ?? NEVER, b.validity.date ?? NEVER);
    case "from":
      return (a, b) => text(a.fields.valid_from ?? ALWAYS, b.fields.valid_from ?? ALWAYS);
    case "to":
      return (a, b) => text(a.fields.valid_to ?? NEVER, b.fields.valid_to ?? NEVER);
    case "created":
      // newest first; what the server has not dated yet is newest
      return (a, b) => text(b.createdAt ?? NEVER, a.createdAt ?? NEVER);
  }
}

/** `offers` stand in the guests' order, which settles what this order leaves open. Offers without a tag stand behind all tags either way. */
export function sorted(offers: readonly ViewOffer[], { by, down }: Sort, locale: string): readonly ViewOffer[] {
  if (by === "order") return down ? [...offers].reverse() : offers;
  const compare = comparison(by, locale);
  const turn = down ? -1 : 1;
  return [...offers].sort((a, b) => {
    if (by === "tag" && (a.fields.tag === "") !== (b.fields.tag === "")) return a.fields.tag === "" ? 1 : -1;
    return turn * compare(a, b);
  });
}

/** A click on a column's heading: by it, then the other way round, then in the guests' order again. */
export function nextSort(sort: Sort, by: SortBy): Sort {
  if (sort.by !== by) return { by, down: false };
  return sort.down ? { by: "order", down: false } : { by, down: true };
}
