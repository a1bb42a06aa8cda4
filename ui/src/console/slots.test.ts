import { describe, expect, it } from "vitest";

import { Slots } from "./slots";

describe("slots", () => {
  it("stay with their offers, whatever comes, goes and moves", () => {
    const slots = new Slots();
    expect(slots.assign(["a", "b", "c"], "all", undefined)).toEqual([0, 1, 2]);
    expect(slots.assign(["c", "x", "a"], "all", undefined)).toEqual([2, 3, 0]);
    expect(slots.assign(["b"], "all", undefined), "what went has no element any more").toEqual([4]);
  });

  it("of offers that went are taken first, in their order, where another list was asked for", () => {
    const slots = new Slots();
    slots.assign(["a", "b", "c", "d"], "all", undefined);
    expect(slots.assign(["x", "c", "y", "z", "w"], "live", undefined)).toEqual([0, 2, 1, 3, 4]);
    expect(slots.assign(["a"], "all", undefined)).toEqual([0]);
  });

  it("stay with their offers also then, while one of them has the keyboard", () => {
    const list = document.createElement("ul");
    const button = list.appendChild(document.createElement("button"));
    document.body.append(list);
    const slots = new Slots();
    slots.assign(["a"], "all", list);
    button.focus();
    expect(slots.assign(["b"], "live", list)).toEqual([1]);
    button.blur();
    expect(slots.assign(["c"], "all", list)).toEqual([1]);
    list.remove();
  });
});
