import { describe, expect, it } from "vitest";

import { keysOf, keyTable, pressWords, shortcut, withKeys } from "./keys";

const press = (key: string, init: KeyboardEventInit = {}) => new KeyboardEvent("keydown", { key, ...init });

describe("a key", () => {
  it.each([
    ["n", { ctrlKey: true }, "new"],
    ["N", { ctrlKey: true, shiftKey: true }, "window"],
    ["n", { metaKey: true }, "new"],
    ["k", { ctrlKey: true }, "go"],
    ["d", { ctrlKey: true }, "duplicate"],
    ["a", { ctrlKey: true }, "mark-all"],
    ["A", { ctrlKey: true, shiftKey: true }, "activity"],
    ["F1", {}, "keys"],
    ["=", { ctrlKey: true }, "larger"],
    ["+", { ctrlKey: true, shiftKey: true }, "larger"],
    ["+", { ctrlKey: true }, "larger"],
    ["-", { ctrlKey: true }, "smaller"],
    ["_", { ctrlKey: true, shiftKey: true }, "smaller"],
    ["0", { ctrlKey: true }, "actual-size"],
    ["=", {}, null],
    ["Escape", {}, "close"],
    ["Escape", { ctrlKey: true }, null],
    ["n", {}, null],
    ["n", { ctrlKey: true, altKey: true }, null],
    ["S", { ctrlKey: true, shiftKey: true }, null],
  ])("%s with %j means %s", (key, init, does) => {
    expect(shortcut(press(key, init))).toBe(does);
  });

  it("that selects text in a field does so", () => {
    const input = document.createElement("input");
    let seen: unknown = "nothing";
    input.addEventListener("keydown", (event) => (seen = shortcut(event)));
    input.dispatchEvent(press("a", { ctrlKey: true }));
    expect(seen).toBeNull();
    input.dispatchEvent(press("s", { ctrlKey: true }));
    expect(seen).toBe("save");
  });
});

it.each(["checkbox", "radio"])("a key on a %s, into which nothing is typed, is the window's", (type) => {
  const input = Object.assign(document.createElement("input"), { type });
  const seen: unknown[] = [];
  input.addEventListener("keydown", (event) => seen.push(shortcut(event)));
  input.dispatchEvent(press("a", { ctrlKey: true }));
  input.dispatchEvent(press("Enter", { ctrlKey: true }));
  expect(seen).toEqual(["mark-all", "offer-window"]);
});

it("no two rows take the same keys, and every tooltip has some", () => {
  const presses = keyTable.flatMap((row) => ("press" in row ? [pressWords(row.press)] : []));
  expect(new Set(presses).size).toBe(presses.length);
  expect(withKeys("Activity", "activity")).toBe("Activity (Ctrl+Shift+A)");
  expect(keysOf("keys")).toBe("F1");
});
