import { describe, expect, it } from "vitest";

import { Slots } from "./slots";

/** A list that stands in no page; each is another one. */
const list = () => [];

describe("slots", () => {
  it("stay with their offers, whatever comes, goes and moves", () => {
    const slots = new Slots();
    expect(slots.assign(["a", "b", "c"], "all", list(), undefined)).toEqual([0, 1, 2]);
    expect(slots.assign(["c", "x", "a"], "all", list(), undefined)).toEqual([2, 3, 0]);
    expect(slots.assign(["b"], "all", list(), undefined), "what went has no element any more").toEqual([4]);
  });

  it("of offers that went are taken first, in their order, where another list was asked for", () => {
    const slots = new Slots();
    slots.assign(["a", "b", "c", "d"], "all", list(), undefined);
    expect(slots.assign(["x", "c", "y", "z", "w"], "live", list(), undefined)).toEqual([0, 2, 1, 3, 4]);
    expect(slots.assign(["a"], "all", list(), undefined)).toEqual([0]);
  });

  it("of offers that were scrolled away are taken by those that come into sight", () => {
    const slots = new Slots();
    const all = list();
    slots.assign(["a", "b", "c", "d"], "all", all, undefined);
    expect(slots.assign(["c", "d", "e", "f", "g"], "all", all, undefined)).toEqual([2, 3, 0, 1, 4]);
    const without = list();
    expect(slots.assign(["c", "e", "f", "g", "h"], "all", without, undefined), "d was deleted").toEqual([
      2, 0, 1, 4, 5,
    ]);
  });

  it("stay with their offers also then, while one of them has the keyboard", () => {
    const place = document.createElement("ul");
    const button = place.appendChild(document.createElement("button"));
    document.body.append(place);
    const slots = new Slots();
    const all = list();
    slots.assign(["a"], "all", all, place);
    button.focus();
    expect(slots.assign(["b"], "live", all, place)).toEqual([1]);
    expect(slots.assign(["c"], "live", all, place)).toEqual([2]);
    button.blur();
    expect(slots.assign(["d"], "all", list(), place)).toEqual([2]);
    place.remove();
  });
});
