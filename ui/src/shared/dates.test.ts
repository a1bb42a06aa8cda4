import { describe, expect, it } from "vitest";

import { addDays, fullDate, machineLocale, parseTyped, showDate, showRange } from "./dates";

describe("the locale of the machine", () => {
  it("is the first that can format a date, and never one that cannot", () => {
    expect(machineLocale(["de-DE", "en-IE"])).toBe("de-DE-u-ca-gregory");
    expect(machineLocale(["C", "fr-FR"])).toBe("fr-FR-u-ca-gregory");
    expect(machineLocale(["C"])).toBe("en-IE-u-ca-gregory");
    expect(machineLocale([])).toBe("en-IE-u-ca-gregory");
  });

  it.each([
    ["th-TH", "24 ธ.ค. 2026", "24/12/2026"],
    ["ja-JP-u-ca-japanese", "2026年12月24日", "2026/12/24"],
    ["fa-IR-u-nu-latn", "24 دسامبر 2026", "2026/12/24"],
    ["ar-SA-u-ca-islamic-nu-latn", "24 ديسمبر 2026", "24/12/2026"],
  ])("counts years as the hotel's server does in %s, and reads a date as it shows it", (language, words, numbers) => {
    const locale = machineLocale([language]);
    expect(fullDate("2026-12-24", locale)).toBe(words);
    const shown = showDate("2026-12-24", locale, { day: "numeric", month: "numeric", year: "numeric" });
    expect(shown.replace(/[^\d/]/g, "")).toBe(numbers);
    expect(parseTyped(shown, locale)).toBe("2026-12-24");
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
