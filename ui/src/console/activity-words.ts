/** What the activity panel says about an entry. Numbers and paths stay as they are: it is read by whoever looks for a fault, too. */
import type { Activity, ActivityEntry, ChangeStep, ConnectionState } from "../backend/bindings";
import { counted } from "./words";

export type ActivityKind = "request" | "event" | "connection" | "change";

export const activityKinds: { name: ActivityKind | "all"; label: string }[] = [
  { name: "all", label: "Everything" },
  { name: "request", label: "Requests" },
  { name: "event", label: "Live events" },
  { name: "connection", label: "Connection" },
  { name: "change", label: "Changes" },
];

export type Described = { kind: ActivityKind; label: string; text: string; note: string; bad: boolean };

const steps: Record<ChangeStep, string> = {
  made: "Safe on this computer",
  sent: "At the hotel",
  parked: "Not accepted",
  conflict: "Changed elsewhere too",
  discarded: "Discarded",
  replaced: "Replaced what somebody had just set",
  seen: "Guests see it",
  unseen: "Guests see something else",
  "no-longer-seen": "Guests no longer see it",
  "still-seen": "Guests still see it",
};
const badSteps: ReadonlySet<ChangeStep> = new Set(["parked", "conflict", "unseen", "still-seen"]);
const states: Record<ConnectionState, string> = {
  live: "Live",
  connecting: "Connecting",
  offline: "Offline",
  "signed-out": "Signed out",
};
const eventWords: Record<string, string> = {
  "offer-created": "An offer was created",
  "offer-updated": "An offer was changed",
  "offer-deleted": "An offer was deleted",
  "offers-updated": "The offers changed",
};

export function describeEntry(what: Activity): Described {
  switch (what.type) {
    case "request": {
      const outcome = what.status === null ? "no answer" : String(what.status);
      const note = [outcome, millisWords(what.millis), what.error].filter(Boolean).join(" · ");
      const bad = what.status === null || what.status >= 400;
      return { kind: "request", label: "Request", text: `${what.method} ${what.path}`, note, bad };
    }
    case "event": {
      const words = eventWords[what.name];
      const text = `${words ?? what.name}${what.offer === null ? "" : ` (offer ${what.offer})`}`;
      return { kind: "event", label: "Live event", text, note: words ? what.name : "", bad: false };
    }
    case "events-skipped":
      return {
        kind: "event",
        label: "Live event",
        text: `${counted(what.count, "more event")} in the same moment`,
        note: "",
        bad: false,
      };
    case "connection":
      return {
        kind: "connection",
        label: "Connection",
        text: states[what.state],
        note: what.words ?? "",
        bad: what.state === "offline" || what.state === "signed-out",
      };
    case "retry":
      return {
        kind: "change",
        label: "Retry",
        text: `${what.title}: again in ${millisWords(what.inMillis)}`,
        note: what.words,
        bad: true,
      };
    case "change":
      return {
        kind: "change",
        label: "Change",
        text: `${what.title}: ${steps[what.step].toLowerCase()}`,
        note: what.words ?? "",
        bad: badSteps.has(what.step),
      };
  }
}

export function millisWords(millis: number): string {
  if (millis < 1_000) return `${Math.round(millis)} ms`;
  if (millis < 120_000) return `${(millis / 1_000).toFixed(millis < 10_000 ? 1 : 0)} s`;
  return `${Math.round(millis / 60_000)} min`;
}

/** One line of text for the clipboard: sortable time, then what the row says. */
export function asLine({ at, what }: ActivityEntry): string {
  const { label, text, note } = describeEntry(what);
  return [new Date(at).toISOString(), label, text, note].filter(Boolean).join("\t");
}
