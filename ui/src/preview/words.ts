/**
 * What the preview says about offers. The server lists shown offers whatever their dates, and so does the page: a day changes nothing about which
 * cards there are, only what they would mean on it. So each sentence says both.
 */
import type { Field, GuestPreview, Leaving, Pending, Stage } from "../backend/bindings";
import { clock, counted } from "../console/words";
import type { GuestOffer } from "../guest/offers";
import { fullDate, longDate, showDate } from "../shared/dates";

type Dated = Pick<GuestOffer, "from" | "to">;

const near = (date: string, day: string, locale: string): string =>
  date.slice(0, 4) === day.slice(0, 4) || Math.abs(Date.parse(date) - Date.parse(day)) < 180 * 86_400_000
    ? showDate(date, locale, { day: "numeric", month: "short" })
    : fullDate(date, locale);

/** What an offer would be on a day that its dates do not hold; "" where they do. */
export function dayWords({ from, to }: Dated, day: string, today: string, locale: string): string {
  if (to !== null && to < day) {
    const ended = to < today ? "Ended" : "Would have ended";
    return `${ended} on ${near(to, day, locale)}, and guests still see it`;
  }
  if (from !== null && from > day) {
    const begins = day === today ? "Begins" : "Would only begin";
    return `${begins} on ${near(from, day, locale)}, and guests see it already`;
  }
  return "";
}

/** The same of all offers. */
export function daySummary(offers: readonly Dated[], day: string, today: string, locale: string): string {
  const ended = offers.filter(({ to }) => to !== null && to < day).length;
  const early = offers.filter(({ from, to }) => from !== null && from > day && !(to !== null && to < day)).length;
  const when = day === today ? "Today" : `On ${longDate(day, locale)}`;
  const isToday = day === today;
  const parts = [
    ...(ended > 0 ? [`${ended} ${isToday ? (ended === 1 ? "has" : "have") : "would have"} ended`] : []),
    ...(early > 0 ? [`${early} ${isToday ? (early === 1 ? "has" : "have") : "would have"} not begun`] : []),
  ];
  const all = counted(offers.length, "offer");
  if (offers.length === 0) return `${when}: no offers.`;
  if (parts.length === 0) return `${when}: the dates of ${offers.length === 1 ? "the one offer" : `all ${all}`} hold.`;
  return `${when}: of ${all}, ${parts.join(" and ")}. Guests see ${offers.length === 1 ? "it" : "them"} all the same: the page lists shown offers whatever their dates.`;
}

const stages: Record<Stage, string> = {
  unsaved: "Not saved yet",
  waiting: "Waiting to be sent",
  sending: "On its way",
  "needs-you": "Needs you in the console",
};

const nouns: Partial<Record<Field, string>> = {
  title: "title",
  short_description: "description",
  details_html: "details",
  valid_from: "first day",
  valid_to: "last day",
  tag: "tag",
  book_now_url: "booking link",
};

/** What of an offer guests do not see yet. */
export function pendingWords({ stage, isNew, fields, photo }: Pending): string {
  if (isNew) return `${stages[stage]}: guests do not see this offer yet`;
  const named = [...fields.flatMap((field) => nouns[field] ?? []), ...(photo ? ["photo"] : [])];
  const moved = fields.includes("sort_order");
  if (named.length === 0) return `${stages[stage]}: guests see it in its old place`;
  const old = named.length === 1 ? named[0] : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
  return `${stages[stage]}: guests still see the old ${old}${moved ? ", and its old place" : ""}`;
}

/** `“Spa weekend”: being deleted, and guests still see it` */
export const leavingWords = ({ title, stage, isDeleted }: Leaving): string =>
  `“${title}” is to be ${isDeleted ? "deleted" : "hidden"} (${stages[stage].toLowerCase()}): guests still see it`;

export function openWords(open: number, shown: boolean): string {
  if (open === 0) return "Guests see all that was done here.";
  const changes = `${counted(open, "change")} not sent yet`;
  return shown
    ? `With ${changes}: guests do not see ${open === 1 ? "it" : "them"}.`
    : `${changes}, not shown here, as guests see it.`;
}

/** What must be said of how current this is; "" where it is live. */
export function currencyWords({ session, connection, lastSynced }: GuestPreview, now: number, locale: string): string {
  const known = lastSynced === null ? "" : `, as last known at ${clock(lastSynced, now, locale)}`;
  if (session.state === "expired") {
    const why = session.byServer ? "Signed out by the server" : "Not signed in";
    return `${why}${known}. Sign in again in the console.`;
  }
  if (connection === "offline") return `Offline${known}. Guests may see something newer.`;
  if (connection === "connecting") return `Connecting${known}.`;
  return "";
}
