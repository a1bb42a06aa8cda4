import { describe, expect, it } from "vitest";

import { Slots } from "./slots";

describe("slots", () => {
  it("stay with their offers, whatever comes, goes and moves", () => {
    const slots = new Slots();
    expect(slots.assign(["a", "b", "c"], false)).toEqual([0, 1, 2]);
    expect(slots.assign(["c", "x", "a"], false)).toEqual([2, 3, 0]);
    expect(slots.assign(["b"], false), "what went has no element any more").toEqual([4]);
  });

  it("of offers that went are taken first, in their order, where another list was asked for", () => {
    const slots = new Slots();
    slots.assign(["a", "b", "c", "d"], false);
    expect(slots.assign(["x", "c", "y", "z", "w"], true)).toEqual([0, 2, 1, 3, 4]);
    expect(slots.assign(["a"], true)).toEqual([0]);
  });
});
