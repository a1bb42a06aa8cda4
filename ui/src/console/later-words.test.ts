import { describe, expect, it } from "vitest";

import { bytesWords, leavingWords, parkedWords, returnWords, savedWords } from "./later-words";

it("says after a save where the change is", () => {
  expect(savedWords("synced", 0, true)).toBe("Saved");
  expect(savedWords("waiting", 0, false)).toBe("Safe on this computer, waiting to send");
  expect(savedWords("conflict", 2, true)).toBe("2 fields to settle");
  expect(savedWords("conflict", 0, true)).toBe("Ready to send");
});

it("shows sizes as people read them", () => {
  expect(bytesWords(312_400, "en-IE")).toBe("312 kB");
  expect(bytesWords(3_140_000, "en-IE")).toBe("3.1 MB");
});

describe("the way out", () => {
  const at = { step: "asking", left: 3, offline: false, needy: 0, total: 3 } as const;
  it.each([
    ["one change", { ...at, left: 1 }, "1 change is not at the hotel yet."],
    ["several", at, "3 changes are not at the hotel yet."],
    ["one that needs the user", { ...at, step: "stuck", needy: 1 }, "1 change needs you before it can be sent."],
    ["two that do", { ...at, step: "stuck", needy: 2 }, "2 changes need you before they can be sent."],
  ] as const)("says %s", (_name, leaving, title) => {
    expect(leavingWords(leaving, "frontdesk").title).toBe(title);
    expect(leavingWords(leaving, "frontdesk").text).toContain(leaving.left === 1 ? "it waits" : "they wait");
  });

  it("counts down, and says when it waits for the line", () => {
    const sending = { ...at, step: "sending", left: 2 } as const;
    expect(leavingWords(sending, "frontdesk").progress).toBe("2 of 3 left");
    expect(leavingWords({ ...sending, offline: true }, "frontdesk").text).toContain("waiting for the line");
    expect(leavingWords({ ...sending, left: 0 }, "frontdesk").progress).toBe("All sent.");
  });
});

describe("what needs the user", () => {
  it.each([
    ["not-found", "Create it anew", "Discard"],
    ["changed", "Delete it all the same", "Keep it"],
    ["photo-changed", "Use mine all the same", "Keep theirs"],
    ["invalid", "Try again", "Discard"],
  ] as const)("has ways out that say what they do: %s", (code, again, discard) => {
    expect(parkedWords({ code, message: "Refused.", fields: null })).toMatchObject({ again, discard });
  });
});

it("going back to a version says how much it changes, or that the offer is created again", () => {
  const change = { field: "title", before: "a", after: "b" } as const;
  expect(returnWords({ changes: [change], photo: true }, true)).toBe("This changes 1 field and the photo:");
  expect(returnWords({ changes: [], photo: true }, true)).toBe("This changes the photo.");
  expect(returnWords({ changes: [], photo: true }, false)).toContain("created again, with its photo");
});
