import { describe, expect, it } from "vitest";

import type { OfferFields } from "./bindings";
import { guestSides } from "./memory-guests";
import { blank, fresh, viewOf } from "./memory-rules";

const on = (fields: Partial<OfferFields>) => viewOf(fresh("1", { ...blank(), ...fields }), "2026-11-22").validity;

describe("a hidden offer of the twin", () => {
  it("has its last day once that is over, as an offer of the engine", () => {
    const over = { state: "hidden", date: "2026-11-14", days: 8, shown: false };
    expect(on({ is_active: false, valid_to: "2026-11-14" })).toEqual(over);
    expect(on({ is_active: false, valid_from: "2026-11-01", valid_to: "2026-11-14" })).toEqual(over);
  });

  it.each<[string, Partial<OfferFields>]>([
    ["through its last day", { valid_to: "2026-11-22" }],
    ["before its first day", { valid_from: "2026-12-01", valid_to: "2026-12-24" }],
    ["without dates", {}],
  ])("has no day %s", (_, dates) => {
    expect(on({ is_active: false, ...dates })).toEqual({ state: "hidden", date: null, days: null, shown: false });
  });
});

it("an offer of the twin whose deletion waits for a person is about to leave, as one of the engine", () => {
  const golf = fresh("1", { ...blank(), title: "Golf", is_active: true });
  Object.assign(golf, { deleting: true, sync: "parked" });
  const { leaving, intended } = guestSides([golf], []);
  expect(leaving).toEqual([{ key: "1", title: "Golf", stage: "needs-you", isDeleted: true }]);
  expect(intended.map(({ title }) => title)).toEqual(["Golf"]);
});
