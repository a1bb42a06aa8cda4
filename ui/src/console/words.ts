/** What the console says about an offer, a connection and a photo. Facts come from the engine; the words are made here, and only here. */
import type {
  ChosenPhoto,
  Connection,
  Difference,
  Field,
  FieldChange,
  FieldValue,
  Notice,
  OfferVersion,
  Origin,
  Problem,
  Receipt,
  StagedPhoto,
  SyncState,
  Validity,
} from "../backend/bindings";
import { fullDate, showDate } from "../shared/dates";
import type { Return } from "./history.svelte";
import { textOf } from "./markup";
import type { SignOut } from "./signout.svelte";

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

/** In the editor's footer, after a save. */
export function savedWords(sync: SyncState, conflicts: number, live: boolean): string {
  switch (sync) {
    case "synced":
      return "Saved";
    case "waiting":
      return live ? "Safe on this computer, sending soon" : "Safe on this computer, waiting to send";
    case "sending":
      return "Sending…";
    case "parked":
      return "Not accepted yet";
    case "conflict":
      if (conflicts === 0) return "Ready to send";
      return conflicts === 1 ? "1 field to settle" : `${conflicts} fields to settle`;
  }
}

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

export function bytesWords(bytes: number, locale: string): string {
  const [value, unit, digits] = bytes < 1e6 ? [bytes / 1e3, "kB", 0] : [bytes / 1e6, "MB", 1];
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)} ${unit}`;
}

/** `spa-terrace.jpg · 2048 × 1152 · 312 kB` */
export const photoWords = (photo: StagedPhoto | ChosenPhoto, locale: string): string =>
  `${photo.name} · ${photo.width} × ${photo.height} · ${bytesWords(photo.bytes, locale)}`;

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

/** What the way out says at each step. */
export function leavingWords(
  { step, left, offline, needy, total }: Pick<SignOut, "step" | "left" | "offline" | "needy" | "total">,
  user: string,
) {
  const open = `${counted(left, "change")} ${left === 1 ? "is" : "are"} not at the hotel yet.`;
  const needs = `${counted(needy, "change")} ${needy === 1 ? "needs" : "need"} you before it can be sent.`;
  const kept = `Kept for later, ${left === 1 ? "it waits" : "they wait"} on this computer until ${user} signs in again.`;
  const discard = left === 1 ? "Discard it" : `Discard ${left}`;
  const common = { discard, discardLong: `Discard ${counted(left, "change")}: lost for good`, progress: "" };
  switch (step) {
    case "sending":
      return {
        ...common,
        title: "Sending, then signing out",
        text: offline ? "The hotel cannot be reached: waiting for the line." : "You are signed out when all is sent.",
        progress: left === 0 ? "All sent." : `${left} of ${Math.max(total, left)} left`,
      };
    case "stuck":
      return { ...common, title: needy > 0 ? plural(needs, needy) : open, text: `You are still signed in. ${kept}` };
    default:
      return { ...common, title: open, text: needy > 0 ? `${plural(needs, needy)} ${kept}` : kept };
  }
}

const plural = (words: string, count: number): string => (count === 1 ? words : words.replace("it can", "they can"));

/** What a parked change says, and what its two ways out are called. `saves`: going on takes along what is typed. */
export function parkedWords(problem: Problem | null) {
  switch (problem?.code) {
    case "not-found":
      return {
        title: "Deleted elsewhere while your change was waiting.",
        text: "Your version is safe on this computer, but guests no longer see the offer.",
        again: "Create it anew",
        discard: "Discard",
        saves: true,
      };
    case "changed":
      return {
        title: "Changed elsewhere since you deleted it.",
        text: "It was not deleted, and this is how it looks now.",
        again: "Delete it all the same",
        discard: "Keep it",
        saves: false,
      };
    case "photo-changed":
      return {
        title: "Somebody else has changed the photo meanwhile.",
        text: "It stays theirs unless you say otherwise. What you wanted is safe on this computer.",
        again: "Use mine all the same",
        discard: "Keep theirs",
        saves: false,
      };
    default:
      return {
        title: problem?.message ?? "The server did not take this change.",
        text: "Your change is safe on this computer. Correct it and save, or:",
        again: "Try again",
        discard: "Discard",
        saves: false,
      };
  }
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

export function originWords(origin: Origin, windowLabel: string): string {
  if (origin.from === "elsewhere") return "Elsewhere";
  return origin.window === windowLabel ? "This window" : "This computer";
}

/** What a version says besides its changed fields; empty: they say it all. */
export function versionWords({ isDeletion, changes, photoChanged, fields }: OfferVersion): string {
  if (isDeletion) return "Deleted";
  if (photoChanged) return "";
  return changes.length === 0 ? `First seen here: “${fields.title}”` : "";
}

/** The line before an offer goes back to a version. `exists`: it is there; otherwise it is created anew. */
export function returnWords({ changes, photo }: Return, exists: boolean): string {
  if (!exists)
    return `The offer is created again${photo ? ", with its photo" : ""}. Guests see it as its dates and its switch say.`;
  const parts = [...(changes.length > 0 ? [counted(changes.length, "field")] : []), ...(photo ? ["the photo"] : [])];
  return `This changes ${parts.join(" and ") || "nothing"}${changes.length > 0 ? ":" : "."}`;
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
