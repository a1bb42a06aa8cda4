/** What the console says about an offer and a connection. Facts come from the engine; the words are made here and in `later-words.ts`, and only there. */
import type {
  Connection,
  Difference,
  Field,
  FieldChange,
  FieldValue,
  Notice,
  Receipt,
  SyncState,
  Validity,
} from "../backend/bindings";
import { fullDate, showDate } from "../shared/dates";
import { textOf } from "./markup";

/** A date without its year names one day only within about ten months. */
const YEAR_NEEDED_AFTER = 300;
/** Up to here a weekday alone names one day; up to there it still says something. */
const WEEKDAY_ALONE = 6;
const WEEKDAY_WITHIN = 60;

/** `Live until 28 Feb`, `Starts Friday 18 Dec`, `Ended 14 Nov, still shown`, `Hidden, ended 14 Nov`, … */
export function stateWords(validity: Validity, locale: string): string {
  const { state, date, days, shown } = validity;
  if (date === null || days === null) {
    if (state === "hidden") return "Hidden";
    return state === "ended" ? "Ended" : "Live, no end date";
  }
  switch (state) {
    case "hidden":
      return `Hidden, ended ${over(date, days, locale)}`;
    case "scheduled":
      if (days === 1) return "Starts tomorrow";
      if (days <= WEEKDAY_ALONE) return `Starts ${showDate(date, locale, { weekday: "long" })}`;
      return `Starts ${days <= WEEKDAY_WITHIN ? weekday(date, locale) : near(date, days, locale)}`;
    case "live":
      return `Live until ${near(date, days, locale)}`;
    case "ending":
      if (days === 0) return "Ends tonight";
      return days === 1 ? "Ends tomorrow" : `Ends in ${days} days`;
    case "ended": {
      const ended = `Ended ${over(date, days, locale)}`;
      return shown ? `${ended}, still shown` : ended;
    }
  }
}

const near = (date: string, days: number, locale: string): string =>
  showDate(date, locale, { day: "numeric", month: "short", ...(days > YEAR_NEEDED_AFTER ? { year: "numeric" } : {}) });

const over = (date: string, days: number, locale: string): string =>
  days === 1 ? "yesterday" : near(date, days, locale);

const weekday = (date: string, locale: string): string => {
  const day = showDate(date, locale, { weekday: "long" });
  return `${day} ${showDate(date, locale, { day: "numeric", month: "short" })}`;
};

/** On a card, only while not settled. */
export const syncWords: Record<SyncState, string> = {
  synced: "",
  waiting: "waiting",
  sending: "sending…",
  parked: "needs you",
  conflict: "two versions",
};

/** `14:05` today, else with its day. */
export function clock(at: number, now: number, locale: string): string {
  const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }).format(at);
  if (new Date(at).toDateString() === new Date(now).toDateString()) return time;
  return `${new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }).format(at)}, ${time}`;
}

export function connectionWords(connection: Connection, now: number, locale: string): string {
  switch (connection.state) {
    case "live":
      return "Live";
    case "connecting":
      return "Connecting…";
    case "signed-out":
      return "Signed out";
    case "offline":
      return connection.lastSynced === null
        ? "Offline"
        : `Offline, showing what was known at ${clock(connection.lastSynced, now, locale)}`;
  }
}

/** `Reconnecting in 4 s`; null when no try is planned. */
export function retryWords(retryAt: number | null, now: number): string | null {
  if (retryAt === null) return null;
  const seconds = Math.max(0, Math.ceil((retryAt - now) / 1000));
  if (seconds === 0) return "Reconnecting…";
  return seconds < 120 ? `Reconnecting in ${seconds} s` : `Reconnecting in ${Math.round(seconds / 60)} min`;
}

/** `a`, `an` and plural without a library: only for counted nouns with a regular plural. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Why somebody has to sign in again. */
export const expiryWords = (byServer: boolean): string =>
  byServer ? "Signed out by the server." : "You are not signed in.";

/** The words before the title in a notice. */
export function noticeWords({ kind, by }: Notice): string {
  const where = by === "another-window" ? "in another window" : "elsewhere";
  switch (kind) {
    case "created":
      return `New offer ${where}:`;
    case "deleted":
      return `Deleted ${where}:`;
    case "attention":
      return "Needs you:";
    case "still-seen":
      return "Deleted here, and guests still see it:";
    case "replaced":
      return "Replaced:";
  }
}

export const NO_KEYRING = "This computer has no keyring, so the sign-in is kept only until the console closes.";

/** The value of a field, as it stands in a hint or a choice. */
export function valueWords(field: string, value: FieldValue, locale: string): string {
  if (typeof value === "boolean") return value ? "shown to guests" : "hidden";
  if (field === "photo") return value === null ? "no photo" : "another photo";
  if (field === "valid_from" || field === "valid_to")
    return typeof value === "string" ? fullDate(value, locale) : "no date";
  if (typeof value === "number") return String(value);
  if (field === "details_html" && value) return textOf(value) || "nothing to read";
  return value ? value : "nothing";
}

/** A field inside a sentence: "Your title replaced …". */
const fieldNouns: Record<Field, string> = {
  title: "title",
  short_description: "short description",
  details_text: "details",
  details_html: "formatted details",
  valid_from: "first day",
  valid_to: "last day",
  tag: "tag",
  book_now_url: "booking link",
  sort_order: "place in the list",
  is_active: "choice of who sees it",
};

const QUOTED = 80;

/** A value as one would quote it: texts in quotation marks and cut, dates and switches bare. */
export function quoted(field: string, value: FieldValue, locale: string): string {
  const words = valueWords(field, value, locale);
  const isText = typeof value === "string" && value !== "" && field !== "valid_from" && field !== "valid_to";
  return isText ? `“${words.length > QUOTED ? `${words.slice(0, QUOTED - 1).trimEnd()}…` : words}”` : words;
}

/** What was replaced: a sentence for one field, a list for several. */
export function replacedWords(replaced: FieldChange[], locale: string): { text: string; list: string[] } {
  const [only, ...others] = replaced;
  if (only && others.length === 0) {
    const value = quoted(only.field, only.before, locale);
    return { text: `Your ${fieldNouns[only.field]} replaced ${value}, which somebody had just set.`, list: [] };
  }
  return {
    text: "Your changes replaced what somebody had just set:",
    list: replaced.map(({ field, before }) => `${fieldNouns[field]}: ${quoted(field, before, locale)}`),
  };
}

const differenceWords = (difference: Difference): string => {
  switch (difference.what) {
    case "missing":
      return "Guests do not see it yet";
    case "still-there":
      return "Guests still see it";
    case "photo":
      return "Guests do not see this photo yet";
    case "place":
      return "Guests see it in another place";
    case "field":
      return difference.old
        ? `Guests still see the old ${fieldNouns[difference.field]}`
        : `Guests see another ${fieldNouns[difference.field]}`;
  }
};

/** What became of a change on the page that guests see; "" where nothing is known. `shown`: the offer is shown to guests. */
export function receiptWords(receipt: Receipt | null, shown: boolean, now: number, locale: string): string {
  switch (receipt?.state) {
    case "awaited":
      return "Looking up what guests see…";
    case "seen":
      return `${shown ? "Guests see it" : "Guests do not see it"} · ${clock(receipt.at, now, locale)}`;
    case "differs": {
      const [first, ...others] = receipt.differences;
      const more = others.length === 0 ? "" : ` and ${counted(others.length, "more difference")}`;
      return first ? `${differenceWords(first)}${more} · ${clock(receipt.at, now, locale)}` : "";
    }
    default:
      return "";
  }
}
