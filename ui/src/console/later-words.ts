/**
 * What the editor, the panels in its place and the way out say. It is apart from `words.ts` because a window's first picture has none of it
 * (`later.svelte.ts`).
 */
import type { ChosenPhoto, OfferVersion, Origin, Problem, StagedPhoto, SyncState } from "../backend/bindings";
import type { Return } from "./history.svelte";
import type { SignOut } from "./signout.svelte";
import { counted } from "./words";

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

export function bytesWords(bytes: number, locale: string): string {
  const [value, unit, digits] = bytes < 1e6 ? [bytes / 1e3, "kB", 0] : [bytes / 1e6, "MB", 1];
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)} ${unit}`;
}

/** `spa-terrace.jpg · 2048 × 1152 · 312 kB` */
export const photoWords = (photo: StagedPhoto | ChosenPhoto, locale: string): string =>
  `${photo.name} · ${photo.width} × ${photo.height} · ${bytesWords(photo.bytes, locale)}`;

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
