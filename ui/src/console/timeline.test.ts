import { describe, expect, it } from "vitest";

import { offer } from "../../tests/offers";
import {
  around,
  barOf,
  coverage,
  datePatch,
  dayNumber,
  dayOf,
  monthOf,
  mondays,
  months,
  moved,
  panned,
  type Part,
  type Stretch,
  stretchFrom,
  timelineRows,
} from "./timeline";

const n = dayNumber;
const winter: Stretch = { from: n("2026-11-01"), to: n("2027-02-01") };
const dates = (valid_from: string | null, valid_to: string | null) => ({ valid_from, valid_to });

it("counts days over the ends of months, years and February", () => {
  expect(n("2027-01-01") - n("2026-12-31")).toBe(1);
  expect(n("2028-03-01") - n("2028-02-28")).toBe(2);
  expect(n("2027-03-29") - n("2027-03-28"), "the night the clocks change is a night like any other").toBe(1);
  expect(dayOf(n("2028-02-29"))).toBe("2028-02-29");
});

describe("the stretch around today", () => {
  it.each([
    [1, "2026-11-17", "2026-12-17"],
    [3, "2026-11-01", "2027-02-01"],
    [6, "2026-10-01", "2027-04-01"],
    [12, "2026-09-01", "2027-09-01"],
    [24, "2026-07-01", "2028-07-01"],
  ])("of %i months goes from %s to before %s", (count, from, to) => {
    const stretch = around("2026-11-22", count);
    expect([dayOf(stretch.from), dayOf(stretch.to)]).toEqual([from, to]);
  });

  it("goes half of itself further, and back to where it was", () => {
    const there = stretchFrom(panned(winter, 3, 1), 3);
    expect([dayOf(there.from), dayOf(there.to)]).toEqual(["2026-12-01", "2027-03-01"]);
    expect(panned(there, 3, -1)).toBe(winter.from);
    expect(dayOf(panned({ from: n("2026-11-17"), to: n("2026-12-17") }, 1, 1))).toBe("2026-12-01");
  });

  it("begins with a month when there are several", () => {
    expect(dayOf(monthOf(n("2026-11-22"), 6))).toBe("2026-11-01");
    expect(dayOf(monthOf(n("2026-11-22"), 1))).toBe("2026-11-22");
  });
});

it("names the months in a stretch, the first and last as far as they are in it", () => {
  expect(months({ from: n("2026-11-20"), to: n("2027-01-10") }).map(({ day, days }) => [day, days])).toEqual([
    ["2026-11-20", 11],
    ["2026-12-01", 31],
    ["2027-01-01", 9],
  ]);
});

it("finds the Mondays", () => {
  expect(mondays({ from: n("2026-11-22"), to: n("2026-12-08") }).map(dayOf)).toEqual([
    "2026-11-23",
    "2026-11-30",
    "2026-12-07",
  ]);
  expect(mondays({ from: n("2026-11-23"), to: n("2026-11-24") }).map(dayOf)).toEqual(["2026-11-23"]);
});

describe("a bar", () => {
  it("holds through the whole of its last day", () => {
    const bar = barOf(dates("2026-11-20", "2026-11-20"), winter);
    expect(bar.to - bar.from).toBe(1);
  });

  it.each([
    [dates(null, null), { openStart: true, openEnd: true, outside: null, days: 92 }],
    [dates("2026-09-01", "2026-11-14"), { openStart: false, cutStart: true, outside: null, days: 14 }],
    [dates("2027-01-30", "2027-06-30"), { cutEnd: true, outside: null, days: 2 }],
    [dates("2026-09-01", "2026-10-31"), { outside: "before" }],
    [dates("2027-02-01", null), { outside: "after" }],
    [dates("2026-12-10", "2026-12-01"), { outside: null, days: 1 }],
  ])("of %j in a winter is %j", (given, expected) => {
    const bar = barOf(given, winter);
    expect({ ...bar, days: bar.to - bar.from }).toMatchObject(expected);
  });
});

describe("moving", () => {
  it.each<[Part, number, (string | null)[], (string | null)[]]>([
    ["whole", 7, ["2026-12-18", "2026-12-27"], ["2026-12-25", "2027-01-03"]],
    ["whole", -1, [null, "2026-12-01"], [null, "2026-11-30"]],
    ["start", 3, ["2026-12-18", "2026-12-27"], ["2026-12-21", "2026-12-27"]],
    ["start", 30, ["2026-12-18", "2026-12-27"], ["2026-12-27", "2026-12-27"]],
    ["end", 1, ["2028-02-01", "2028-02-28"], ["2028-02-01", "2028-02-29"]],
    ["end", -30, ["2026-12-18", "2026-12-27"], ["2026-12-18", "2026-12-18"]],
    ["end", 5, ["2026-12-18", null], ["2026-12-18", null]],
  ])("the %s by %i days makes %j into %j", (part, by, [from = null, to = null], after) => {
    const { valid_from, valid_to } = moved(dates(from, to), part, by);
    expect([valid_from, valid_to]).toEqual(after);
  });

  it("becomes an edit of the dates that changed, with what they had", () => {
    expect(datePatch(dates("2026-12-18", "2026-12-27"), dates("2026-12-18", "2026-12-28"))).toEqual({
      valid_to: { before: "2026-12-27", after: "2026-12-28" },
    });
    expect(datePatch(dates(null, null), dates(null, null))).toBeNull();
  });
});

describe("the cover of a tag", () => {
  const shown = (from: string | null, to: string | null, is_active = true) =>
    offer(1, { valid_from: from, valid_to: to, is_active });
  const spans = (list: Stretch[]) => list.map(({ from, to }) => `${dayOf(from)} ${dayOf(to - 1)}`);

  it.each([
    ["no offer at all", [], ["2026-11-01 2027-01-31"], []],
    ["one without dates", [shown(null, null)], [], []],
    ["one over Christmas", [shown("2026-12-18", "2026-12-27")], ["2026-11-01 2026-12-17", "2026-12-28 2027-01-31"], []],
    ["two that meet", [shown(null, "2026-12-10"), shown("2026-12-11", null)], [], []],
    ["two with a day between", [shown(null, "2026-12-10"), shown("2026-12-12", null)], ["2026-12-11 2026-12-11"], []],
    ["two that share a day", [shown(null, "2026-12-10"), shown("2026-12-10", null)], [], ["2026-12-10 2026-12-10"]],
    ["a hidden one beside", [shown(null, null), shown("2026-12-01", "2026-12-02", false)], [], []],
    ["one of another season", [shown("2026-05-01", "2026-06-01")], ["2026-11-01 2027-01-31"], []],
  ])("with %s", (_name, offers, gaps, overlaps) => {
    const found = coverage(offers, winter);
    expect(spans(found.gaps)).toEqual(gaps);
    expect(spans(found.overlaps)).toEqual(overlaps);
  });

  it("counts the most at once over a whole overlap", () => {
    const three = [shown(null, null), shown("2026-12-01", "2026-12-20"), shown("2026-12-10", "2026-12-12")];
    expect(coverage(three, winter).overlaps).toEqual([{ from: n("2026-12-01"), to: n("2026-12-21"), most: 3 }]);
  });
});

it("puts offers under their tags, whatever the case, and those without at the end", () => {
  const offers = [
    offer(1, { tag: "" }),
    offer(2, { tag: "Spa" }),
    offer(3, { tag: "Golf" }),
    offer(4, { tag: "spa " }),
  ];
  const words = (byTag: boolean) =>
    timelineRows(offers, byTag).map((row) => ("offer" in row ? row.offer.key : `#${row.tag}`));
  expect(words(true)).toEqual(["#Spa", "2", "4", "#Golf", "3", "#", "1"]);
  expect(words(false)).toEqual(["1", "2", "3", "4"]);
});
