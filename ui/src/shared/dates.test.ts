import { describe, expect, it } from "vitest";

import { addDays, fullDate, machineLocale, parseTyped, showRange } from "./dates";

describe("the locale of the machine", () => {
  it("is the first that can format a date, and never one that cannot", () => {
    expect(machineLocale(["de-DE", "en-IE"])).toBe("de-DE");
    expect(machineLocale(["C", "fr-FR"])).toBe("fr-FR");
    expect(machineLocale(["C"])).toBe("en-IE");
    expect(machineLocale([])).toBe("en-IE");
  });
});

describe("a typed date", () => {
  it.each([
    ["2026-12-24", "en-IE", "2026-12-24"],
    ["2026-1-5", "en-IE", "2026-01-05"],
    [" 24/12/2026 ", "en-IE", "2026-12-24"],
    ["12/24/2026", "en-US", "2026-12-24"],
    ["24.12.26", "de-DE", "2026-12-24"],
    ["24 Dec 2026", "en-IE", "2026-12-24"],
    ["Dec 24, 2026", "en-US", "2026-12-24"],
    ["24. Dezember 2026", "de-DE", "2026-12-24"],
    ["29 Feb 2028", "en-IE", "2028-02-29"],
  ])("%j in %s is %s", (text, locale, day) => {
    expect(parseTyped(text, locale)).toBe(day);
  });

  it.each(["", "soon", "2026-02-30", "31/11/2026", "12/24/2026", "24 12", "1 Foo 2026", "2026-13-01", "0000-01-01"])(
    "%j is no day",
    (text) => {
      expect(parseTyped(text, "en-IE")).toBeNull();
    },
  );
});

describe("a range of dates", () => {
  it.each([
    ["2026-11-20", "2027-02-28", "20 Nov – 28 Feb"],
    ["2026-11-20", "2026-11-20", "20 Nov 2026"],
    ["2026-01-01", "2027-06-30", "1 Jan 2026 – 30 Jun 2027"],
    ["2026-11-20", null, "From 20 Nov 2026"],
    [null, "2026-11-20", "Until 20 Nov 2026"],
    [null, null, ""],
  ])("%s to %s reads %j", (from, to, words) => {
    expect(showRange(from, to, "en-IE")).toBe(words);
  });
});

it("shows a date that is none as it came", () => {
  expect(fullDate("not a date", "en-IE")).toBe("not a date");
});

it("counts days over the end of a month", () => {
  expect(addDays("2026-11-30", 1)).toBe("2026-12-01");
});
