/**
 * Calendar dates as people write and read them. A date is `YYYY-MM-DD` everywhere in the program; words exist only on screen.
 * No clock and no time zone here: "today" is the hotel's and comes from outside.
 */
import { CalendarDate, parseDate } from "@internationalized/date";

const FALLBACK_LOCALE = "en-IE";

/**
 * The locale of the machine, for dates and numbers; the words around them are English. On a machine whose language is not set (`LANG=C`)
 * WebKitGTK reports `C`, which is no language tag and would make every `Intl` formatter throw.
 *
 * Its calendar is the one in which the hotel's server counts, whatever the locale has of its own: with that of Thailand a year that is typed as it is
 * shown would lie 543 years ahead. Every formatter takes it from here, that of the month to choose a day from, too.
 */
export function machineLocale(languages: readonly string[] = navigator.languages): string {
  const usable = (tag: string): boolean => {
    try {
      return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
    } catch {
      return false;
    }
  };
  return new Intl.Locale(languages.find(usable) ?? FALLBACK_LOCALE, { calendar: "gregory" }).toString();
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** `date` (`YYYY-MM-DD`) in words. UTC on both sides, so that no time zone can move it. */
export function showDate(date: string, locale: string, options: Intl.DateTimeFormatOptions): string {
  const id = `${locale} ${JSON.stringify(options)}`;
  let format = formats.get(id);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
    formats.set(id, format);
  }
  const instant = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(instant) ? date : format.format(instant);
}

/** The first formatter of a page takes some ten milliseconds to make: for a moment in which the page waits anyway. */
export const prepareDates = (locale: string): void => void fullDate("2026-11-20", locale);

/** `20 Nov 2026` */
export const fullDate = (date: string, locale: string): string =>
  showDate(date, locale, { day: "numeric", month: "short", year: "numeric" });

/** `Friday, 20 November 2026`: for hints and screen readers. */
export const longDate = (date: string, locale: string): string =>
  showDate(date, locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** `date` moved by whole days. */
export const addDays = (date: string, days: number): string => parseDate(date).add({ days }).toString();

/** What guests read under an offer: `20 Nov – 28 Feb`, with years only where the two differ by more than one winter. */
export function showRange(from: string | null, to: string | null, locale: string): string {
  const short = { day: "numeric", month: "short" } as const;
  if (from && to) {
    const near =
      Number(to.slice(0, 4)) * 12 + Number(to.slice(5, 7)) - Number(from.slice(0, 4)) * 12 - Number(from.slice(5, 7));
    if (near < 0 || near > 10) return `${fullDate(from, locale)} – ${fullDate(to, locale)}`;
    return from === to ? fullDate(from, locale) : `${showDate(from, locale, short)} – ${showDate(to, locale, short)}`;
  }
  if (from) return `From ${fullDate(from, locale)}`;
  if (to) return `Until ${fullDate(to, locale)}`;
  return "";
}

/**
 * What somebody typed as a date: `2026-12-24`, the locale's own order (`24/12/2026`, `24.12.26`, in the US `12/24/2026`), or with
 * the month in words (`24 Dec 2026`, `Dec 24, 2026`). Null: it is none of these, or no day of the calendar.
 */
export function parseTyped(text: string, locale: string): string | null {
  const typed = text.trim();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  if (iso) return calendarDay(Number(iso[1]), Number(iso[2]), Number(iso[3]));

  const parts = typed.match(/\d+|\p{L}+/gu) ?? [];
  if (parts.length !== 3) return null;
  const word = parts.findIndex((part) => /\p{L}/u.test(part));
  if (word >= 0) {
    const month = monthOf(parts[word] ?? "", locale);
    const [one = "", other = ""] = parts.filter((_, at) => at !== word);
    if (!month || /\D/.test(one + other)) return null;
    return one.length === 4
      ? calendarDay(Number(one), month, Number(other))
      : calendarDay(year(other), month, Number(one));
  }
  const at = (what: string) => parts[order(locale).indexOf(what)] ?? "";
  return calendarDay(year(at("year")), Number(at("month")), Number(at("day")));
}

const year = (text: string): number => Number(text) + (text.length <= 2 ? 2000 : 0);

function calendarDay(year: number, month: number, day: number): string | null {
  if (year < 1900 || year > 9999 || month < 1 || month > 12 || day < 1) return null;
  const date = new CalendarDate(year, month, day);
  // CalendarDate pulls the 31st of a short month back: such a day was never meant.
  return date.day === day && date.month === month ? date.toString() : null;
}

/** The order in which the locale writes the parts of a date. */
function order(locale: string): string[] {
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "numeric", year: "numeric" })
    .formatToParts(0)
    .map((part) => part.type)
    .filter((type) => type === "day" || type === "month" || type === "year");
}

/** 1 to 12 for a month's name or its first letters (three at least), in the locale or in English. */
function monthOf(name: string, locale: string): number | null {
  const wanted = name.toLocaleLowerCase(locale);
  if (wanted.length < 3) return null;
  for (const language of [locale, "en"]) {
    for (let month = 1; month <= 12; month++) {
      const date = `2001-${String(month).padStart(2, "0")}-01`;
      const full = showDate(date, language, { month: "long" }).toLocaleLowerCase(language);
      if (full.startsWith(wanted)) return month;
    }
  }
  return null;
}
