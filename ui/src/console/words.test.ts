import { describe, expect, it } from "vitest";

import type { Connection, Validity } from "../backend/bindings";
import { clock, connectionWords, replacedWords, retryWords, stateWords } from "./words";

const validity = (state: Validity["state"], date: string | null, days: number | null, shown = true): Validity => ({
  state,
  date,
  days,
  shown,
});

describe("the state of an offer", () => {
  it.each([
    [validity("live", "2027-02-28", 98), "Live until 28 Feb"],
    [validity("live", "2028-02-28", 463), "Live until 28 Feb 2028"],
    [validity("live", null, null), "Live, no end date"],
    [validity("scheduled", "2026-12-18", 26), "Starts Friday 18 Dec"],
    [validity("scheduled", "2026-11-23", 1), "Starts tomorrow"],
    [validity("scheduled", "2026-11-23", 6), "Starts Monday"],
    [validity("scheduled", "2027-03-03", 101), "Starts 3 Mar"],
    [validity("scheduled", "2028-03-03", 467), "Starts 3 Mar 2028"],
    [validity("ending", "2026-11-22", 0), "Ends tonight"],
    [validity("ending", "2026-11-23", 1), "Ends tomorrow"],
    [validity("ending", "2026-11-25", 3), "Ends in 3 days"],
    [validity("ended", "2026-11-14", 8), "Ended 14 Nov, still shown"],
    [validity("ended", "2026-11-21", 1, false), "Ended yesterday"],
    [validity("hidden", null, null, false), "Hidden"],
    [validity("hidden", "2026-11-14", 8, false), "Hidden, ended 14 Nov"],
    [validity("hidden", "2026-11-21", 1, false), "Hidden, ended yesterday"],
    [validity("hidden", "2025-11-14", 373, false), "Hidden, ended 14 Nov 2025"],
  ])("%j reads %j", (given, words) => {
    expect(stateWords(given, "en-IE")).toBe(words);
  });

  it("keeps its words and takes the locale's dates", () => {
    expect(stateWords(validity("live", "2027-02-28", 98), "de-DE")).toBe("Live until 28. Feb.");
    expect(stateWords(validity("scheduled", "2026-12-18", 26), "en-US")).toBe("Starts Friday Dec 18");
  });
});

describe("the connection", () => {
  const now = new Date(2026, 10, 22, 14, 20).getTime();
  const known = new Date(2026, 10, 22, 14, 5).getTime();
  const connection = (state: Connection["state"], lastSynced: number | null): Connection => ({
    state,
    lastSynced,
    retryAt: null,
    waiting: 0,
    message: null,
    storage: null,
  });

  it.each([
    ["live", known, "Live"],
    ["connecting", known, "Connecting…"],
    ["offline", known, "Offline, showing what was known at 14:05"],
    ["offline", known - 86_400_000, "Offline, showing what was known at 21 Nov, 14:05"],
    ["offline", null, "Offline"],
    ["signed-out", null, "Signed out"],
  ] as const)("%s, last synced %s, reads %j", (state, lastSynced, words) => {
    expect(connectionWords(connection(state, lastSynced), now, "en-GB")).toBe(words);
  });

  it("counts down to the next try", () => {
    expect(retryWords(now + 3_400, now)).toBe("Reconnecting in 4 s");
    expect(retryWords(now - 10, now)).toBe("Reconnecting…");
    expect(retryWords(now + 600_000, now)).toBe("Reconnecting in 10 min");
    expect(retryWords(null, now)).toBeNull();
  });

  it("names the day when a time is not of today", () => {
    expect(clock(known, now, "en-GB")).toBe("14:05");
    expect(clock(known - 86_400_000, now, "en-GB")).toBe("21 Nov, 14:05");
  });
});

describe("a replaced value", () => {
  it("is quoted when it is text, and cut when it is long", () => {
    const long = "word ".repeat(40).trim();
    const { text } = replacedWords([{ field: "details_text", before: long, after: "x" }], "en-IE");
    expect(text).toMatch(/^Your details replaced “word .*…”, which somebody had just set\.$/);
    expect(text.length).toBeLessThan(150);
  });

  it("is bare when it is a date or nothing", () => {
    const only = (before: string | null) =>
      replacedWords([{ field: "valid_to", before, after: "2027-03-31" }], "en-IE").text;
    expect(only("2027-01-31")).toBe("Your last day replaced 31 Jan 2027, which somebody had just set.");
    expect(only(null)).toBe("Your last day replaced no date, which somebody had just set.");
  });
});
