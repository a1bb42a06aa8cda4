import { describe, expect, it } from "vitest";

import { diff, merge, newFields, trimmed } from "./draft";

const base = { ...newFields(), title: "Spa weekend", tag: "Spa", valid_to: "2027-02-28" };

describe("a patch", () => {
  it("holds only the changed fields, with the value the editor opened with", () => {
    expect(diff(base, { ...base, title: "Spa days", valid_to: null })).toEqual({
      title: { before: "Spa weekend", after: "Spa days" },
      valid_to: { before: "2027-02-28", after: null },
    });
  });

  it("is empty when a field is back where it began", () => {
    expect(diff(base, { ...base })).toEqual({});
  });
});

describe("a change from elsewhere, while editing", () => {
  it("updates an untouched field in place", () => {
    const { base: moved, draft, clashes } = merge(base, { ...base, title: "Mine" }, { ...base, tag: "Wellness" });
    expect(draft).toEqual({ ...base, title: "Mine", tag: "Wellness" });
    expect(diff(moved, draft)).toEqual({ title: { before: "Spa weekend", after: "Mine" } });
    expect(clashes).toEqual({});
  });

  it("never overwrites a touched field, and keeps the value it began with for the engine to find the conflict", () => {
    const { base: moved, draft, clashes } = merge(base, { ...base, title: "Mine" }, { ...base, title: "Theirs" });
    expect(draft.title).toBe("Mine");
    expect(clashes).toEqual({ title: "Theirs" });
    expect(diff(moved, draft).title).toEqual({ before: "Spa weekend", after: "Mine" });
  });

  it("that says the same as the draft is an agreement", () => {
    const { base: moved, draft, clashes } = merge(base, { ...base, title: "Same" }, { ...base, title: "Same" });
    expect(clashes).toEqual({});
    expect(diff(moved, draft)).toEqual({});
  });

  it("that takes its own change back ends the clash", () => {
    expect(merge(base, { ...base, title: "Mine" }, { ...base }).clashes).toEqual({});
  });

  it("clashes over a cleared date too", () => {
    const { clashes } = merge(base, { ...base, valid_to: "2027-03-31" }, { ...base, valid_to: null });
    expect(clashes).toEqual({ valid_to: null });
  });
});

it("trims texts as the server does, and leaves the inside alone", () => {
  expect(trimmed({ ...base, title: "  Spa  day \n" }).title).toBe("Spa  day");
});
