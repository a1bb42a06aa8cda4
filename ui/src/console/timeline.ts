/**
 * The timeline's arithmetic: where an offer's bar stands in a stretch of days, what moving an end makes of its dates, and where a tag has
 * nothing to sell or too much at once. Days are counted as whole numbers of the calendar, never as instants; the last day of an offer
 * counts in full. Absent: pixels, and today, which is the hotel's.
 */
import { CalendarDate, GregorianCalendar, parseDate } from "@internationalized/date";

import type { OfferFields, OfferPatch, ViewOffer } from "../backend/bindings";
import { groupedByTag, type TagGroup } from "./tags";

export const spans = [
  { months: 1, label: "Month" },
  { months: 3, label: "3 months" },
  { months: 6, label: "6 months" },
  { months: 12, label: "Year" },
  { months: 24, label: "2 years" },
] as const;

/** With a month in sight. */
const BEFORE_DAYS = 5;

const calendar = new GregorianCalendar();
/** Ten thousand offers share a few hundred days. */
const numbers = new Map<string, number>();

export function dayNumber(day: string): number {
  let number = numbers.get(day);
  if (number === undefined) {
    number = calendar.toJulianDay(parseDate(day));
    numbers.set(day, number);
  }
  return number;
}

export const dayOf = (number: number): string => {
  const { year, month, day } = calendar.fromJulianDay(number);
  return new CalendarDate(year, month, day).toString();
};

/** `from` and `to` are days, `to` not included. */
export type Stretch = { from: number; to: number };

/** So many months from a day on. */
export const stretchFrom = (from: number, count: number): Stretch => ({
  from,
  to: dayNumber(parseDate(dayOf(from)).add({ months: count }).toString()),
});

/** A stretch of more than a month begins with one. */
export function monthOf(day: number, count: number): number {
  return count === 1 ? day : dayNumber(`${dayOf(day).slice(0, 8)}01`);
}

/** The stretch of so many months that shows today with a little of what was before. */
export function around(today: string, count: number): Stretch {
  const near = count === 1 ? dayNumber(today) - BEFORE_DAYS : dayNumber(addMonths(today, -Math.floor(count / 5)));
  return stretchFrom(monthOf(near, count), count);
}

/** The stretch before or after, by about half of it. */
export function panned({ from }: Stretch, count: number, way: -1 | 1): number {
  return count === 1 ? from + way * 14 : dayNumber(addMonths(dayOf(from), way * Math.max(1, Math.floor(count / 2))));
}

const addMonths = (day: string, count: number): string => parseDate(day).add({ months: count }).toString();

export type Tick = { at: number; day: string; days: number };

/** The months that begin in a stretch, and the one it begins in: where each starts there, and how much of it is there. */
export function months({ from, to }: Stretch): Tick[] {
  const ticks: Tick[] = [];
  let at = from;
  while (at < to) {
    const next = calendar.toJulianDay(parseDate(dayOf(at)).set({ day: 1 }).add({ months: 1 }));
    const end = Math.min(next, to);
    ticks.push({ at, day: dayOf(at), days: end - at });
    at = end;
  }
  return ticks;
}

/** Mondays, for a stretch short enough to tell them apart. */
export function mondays({ from, to }: Stretch): number[] {
  const days: number[] = [];
  // Day 0 of the Julian count was a Monday.
  for (let at = from + ((7 - (from % 7)) % 7); at < to; at += 7) days.push(at);
  return days;
}

export type Bar = Stretch & {
  /** no first or last day is set */
  openStart: boolean;
  openEnd: boolean;
  /** goes on beyond the stretch */
  cutStart: boolean;
  cutEnd: boolean;
  /** where it lies when nothing of it is in the stretch */
  outside: "before" | "after" | null;
};

type Dates = Pick<OfferFields, "valid_from" | "valid_to">;

export function barOf({ valid_from, valid_to }: Dates, stretch: Stretch): Bar {
  const first = valid_from === null ? -Infinity : dayNumber(valid_from);
  const end = valid_to === null ? Infinity : dayNumber(valid_to) + 1;
  const outside = end <= stretch.from ? "before" : first >= stretch.to ? "after" : null;
  return {
    from: Math.max(first, stretch.from),
    // An offer that ends before it starts is nobody's intention, and still has to be seen.
    to: Math.max(Math.min(end, stretch.to), Math.max(first, stretch.from) + 1),
    openStart: valid_from === null,
    openEnd: valid_to === null,
    cutStart: first < stretch.from,
    cutEnd: end > stretch.to,
    outside,
  };
}

export type Part = "start" | "end" | "whole";

/** The dates after a part was moved by whole days. An end stops at the other one. */
export function moved({ valid_from, valid_to }: Dates, part: Part, by: number): Dates {
  const shift = (day: string | null) => (day === null ? null : dayOf(dayNumber(day) + by));
  switch (part) {
    case "whole":
      return { valid_from: shift(valid_from), valid_to: shift(valid_to) };
    case "start": {
      const start = shift(valid_from);
      return { valid_from: start !== null && valid_to !== null && start > valid_to ? valid_to : start, valid_to };
    }
    case "end": {
      const end = shift(valid_to);
      return { valid_from, valid_to: end !== null && valid_from !== null && end < valid_from ? valid_from : end };
    }
  }
}

/** The edit that gives an offer these dates; null: it has them. */
export function datePatch(before: Dates, after: Dates): OfferPatch | null {
  const patch: OfferPatch = {};
  if (before.valid_from !== after.valid_from) patch.valid_from = { before: before.valid_from, after: after.valid_from };
  if (before.valid_to !== after.valid_to) patch.valid_to = { before: before.valid_to, after: after.valid_to };
  return Object.keys(patch).length > 0 ? patch : null;
}

export type Coverage = { gaps: Stretch[]; overlaps: (Stretch & { most: number })[] };

/** Where guests find nothing under a tag, and where more than one offer at once, within a stretch. Hidden offers count for nothing. */
export function coverage(offers: readonly ViewOffer[], stretch: Stretch): Coverage {
  const steps = new Map<number, number>();
  const step = (at: number, by: number) => steps.set(at, (steps.get(at) ?? 0) + by);
  for (const { fields } of offers) {
    if (!fields.is_active) continue;
    const bar = barOf(fields, stretch);
    if (bar.outside !== null) continue;
    step(bar.from, 1);
    step(bar.to, -1);
  }
  const found: Coverage = { gaps: [], overlaps: [] };
  let at = stretch.from;
  let count = 0;
  const close = (to: number) => {
    if (to <= at) return;
    if (count === 0) found.gaps.push({ from: at, to });
    if (count > 1) {
      const last = found.overlaps.at(-1);
      if (last?.to === at) Object.assign(last, { to, most: Math.max(last.most, count) });
      else found.overlaps.push({ from: at, to, most: count });
    }
    at = to;
  };
  for (const day of [...steps.keys()].sort((a, b) => a - b)) {
    close(day);
    count += steps.get(day) ?? 0;
  }
  close(stretch.to);
  return found;
}

export type TimelineRow = TagGroup | { offer: ViewOffer };

/** The rows: each tag with its offers under it, or the offers alone. */
export function timelineRows(offers: readonly ViewOffer[], byTag: boolean): TimelineRow[] {
  if (!byTag) return offers.map((offer) => ({ offer }));
  return groupedByTag(offers).flatMap((group): TimelineRow[] => [group, ...group.offers.map((offer) => ({ offer }))]);
}
