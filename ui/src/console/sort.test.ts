import { describe, expect, it } from "vitest";

import type { Phase } from "../backend/bindings";
import { offer } from "../../tests/offers";
import { nextSort, type Sort, sorted } from "./sort";

const state = (phase: Phase, date: string | null) => ({
  validity: { state: phase, date, days: date === null ? null : 1, shown: true },
});
const offers = [
  offer(1, { title: "Spa 10", tag: "Spa", valid_to: "2026-12-01" }, state("ending", "2026-12-01")),
  offer(2, { title: "éclair", tag: "", valid_from: "2026-12-24" }, state("scheduled", "2026-12-24")),
  offer(3, { title: "Spa 9", tag: "golf", valid_from: "2026-11-01", valid_to: "2026-11-30" }, state("live", null)),
  offer(4, { title: "Zebra", tag: "Golf" }, { createdAt: null, ...state("hidden", null) }),
];

describe("the order", () => {
  it.each<[Sort, string]>([
    [{ by: "order", down: false }, "1 2 3 4"],
    [{ by: "order", down: true }, "4 3 2 1"],
    [{ by: "title", down: false }, "2 3 1 4"],
    [{ by: "title", down: true }, "4 1 3 2"],
    [{ by: "tag", down: false }, "3 4 1 2"],
    [{ by: "tag", down: true }, "1 3 4 2"],
    [{ by: "from", down: false }, "1 4 3 2"],
    [{ by: "to", down: false }, "3 1 2 4"],
    [{ by: "state", down: false }, "1 3 2 4"],
    [{ by: "created", down: false }, "4 3 2 1"],
  ])("%j puts them as %s", (sort, keys) => {
    expect(
      sorted(offers, sort, "en-IE")
        .map(({ key }) => key)
        .join(" "),
    ).toBe(keys);
  });

  it("by state puts hidden offers behind all others, those whose last day is over by that day", () => {
    const hidden = [
      offer(5, {}, state("hidden", null)),
      offer(6, {}, state("hidden", "2026-11-14")),
      offer(7, {}, state("hidden", "2026-08-31")),
      offer(8, {}, state("ended", "2026-11-20")),
    ];
    expect(sorted(hidden, { by: "state", down: false }, "en-IE").map(({ key }) => key)).toEqual(["8", "7", "6", "5"]);
  });

  it("leaves the list it was given as it was, and hands out the same one where there is nothing to do", () => {
    expect(sorted(offers, { by: "order", down: false }, "en-IE")).toBe(offers);
    sorted(offers, { by: "title", down: true }, "en-IE");
    expect(offers.map(({ key }) => key)).toEqual(["1", "2", "3", "4"]);
  });
});

it("a heading orders by it, then the other way round, then as guests see it", () => {
  const first = nextSort({ by: "order", down: false }, "title");
  expect(first).toEqual({ by: "title", down: false });
  const second = nextSort(first, "title");
  expect(second).toEqual({ by: "title", down: true });
  expect(nextSort(second, "title")).toEqual({ by: "order", down: false });
  expect(nextSort(second, "tag")).toEqual({ by: "tag", down: false });
});
