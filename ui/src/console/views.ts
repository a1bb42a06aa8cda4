/** The lists on the left: which offers belong to which, and in what order offers stand. */
import type { SyncState, ViewOffer } from "../backend/bindings";

export type ViewName =
  "all" | "live" | "scheduled" | "ending" | "ended" | "hidden" | "shown-ended" | "waiting" | "attention";

export type ViewInfo = {
  name: ViewName;
  label: string;
  /** the heading above the list */
  heading: string;
  /** token of its dot */
  tone: "ink" | "live" | "sched" | "soon" | "ended" | "hidden" | "accent";
  /** said when nothing is in it */
  empty: string;
  /** any number other than zero wants a look */
  warns: boolean;
};

export const offerViews: ViewInfo[] = [
  { name: "all", label: "All", heading: "All offers", tone: "ink", empty: "", warns: false },
  {
    name: "live",
    label: "Live now",
    heading: "Live now",
    tone: "live",
    empty: "No offer is live today.",
    warns: false,
  },
  {
    name: "scheduled",
    label: "Scheduled",
    heading: "Scheduled",
    tone: "sched",
    empty: "Nothing starts later. An offer with a first day in the future waits here.",
    warns: false,
  },
  {
    name: "ending",
    label: "Ending soon",
    heading: "Ending soon",
    tone: "soon",
    empty: "Nothing ends within the next seven days.",
    warns: false,
  },
  { name: "ended", label: "Ended", heading: "Ended", tone: "ended", empty: "No offer has ended.", warns: false },
  { name: "hidden", label: "Hidden", heading: "Hidden", tone: "hidden", empty: "No offer is hidden.", warns: false },
];

export const careViews: ViewInfo[] = [
  {
    name: "shown-ended",
    label: "Ended, still shown",
    heading: "Ended, still shown to guests",
    tone: "ended",
    empty: "Guests see no offer that has ended.",
    warns: true,
  },
  {
    name: "waiting",
    label: "Waiting to send",
    heading: "Waiting to send",
    tone: "accent",
    empty: "Everything is on the server.",
    warns: false,
  },
  {
    name: "attention",
    label: "Needs you",
    heading: "Needs you",
    tone: "soon",
    empty: "Nothing needs a decision.",
    warns: true,
  },
];

export const allViews: ViewInfo[] = [...offerViews, ...careViews];

export function viewInfo(name: ViewName): ViewInfo {
  return allViews.find((view) => view.name === name) as ViewInfo;
}

/** Only a person can move it on. */
export const needsYou = (sync: SyncState): boolean => sync === "parked" || sync === "conflict";

export function inView({ validity, sync }: ViewOffer, view: ViewName): boolean {
  switch (view) {
    case "all":
      return true;
    case "live":
      return validity.state === "live" || validity.state === "ending";
    case "ended":
      // A hidden offer has a day once its last one is over.
      return validity.state === "ended" || (validity.state === "hidden" && validity.date !== null);
    case "shown-ended":
      return validity.state === "ended" && validity.shown;
    case "waiting":
      return sync === "waiting" || sync === "sending";
    case "attention":
      return needsYou(sync);
    default:
      return validity.state === view;
  }
}

export type Counts = Record<ViewName, number>;

export const noCounts = (): Counts => Object.fromEntries(allViews.map((view) => [view.name, 0])) as Counts;

/** Adds (`by` 1) or takes away (`by` -1) an offer in every view it belongs to. */
export function count(counts: Counts, offer: ViewOffer, by: 1 | -1): void {
  for (const { name } of allViews) if (inView(offer, name)) counts[name] += by;
}

/** The server's order: `sort_order`, then newest first. What the server has not dated yet is newest. The key settles the rest. */
export function compareOffers(a: ViewOffer, b: ViewOffer): number {
  if (a.fields.sort_order !== b.fields.sort_order) return a.fields.sort_order - b.fields.sort_order;
  if (a.createdAt !== b.createdAt) {
    if (a.createdAt === null) return -1;
    if (b.createdAt === null) return 1;
    return a.createdAt < b.createdAt ? 1 : -1;
  }
  return a.key === b.key ? 0 : a.key < b.key ? 1 : -1;
}

/** Where `offer` stands, or belongs, in a list in this order. */
export function placeOf(list: readonly ViewOffer[], offer: ViewOffer): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareOffers(list[middle] as ViewOffer, offer) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
