/** What the page needs of its browser. Tests bring another. */
import { onReturn } from "../shared/persist";
import type { LiveSource } from "./config";
import { connect, type Listener, type LiveLine } from "./live";
import type { Timer } from "./readings";

export interface Answer {
  readonly status: number;
  /** the JSON, or undefined where it is none */
  readonly body: unknown;
}

export interface Browser {
  readonly timer: Timer;
  /** whether the page itself came over https */
  readonly encrypted: boolean;
  /** Fails when there is no answer in time. */
  get(url: string): Promise<Answer>;
  connect(source: LiveSource, slug: string, listener: Listener): LiveLine;
  /** Whether somebody can look at the page now. */
  isSeen(): boolean;
  /** Calls `work` whenever somebody looks again, or the network is back; what it returns ends that. */
  onReturn(work: () => void): () => void;
  /** Resolves once what is on the page has been painted. */
  painted(): Promise<void>;
}

const ANSWER_WITHIN = 15_000;

const timer: Timer = {
  now: () => performance.now(),
  after: (milliseconds, work) => {
    const id = setTimeout(work, milliseconds);
    return () => clearTimeout(id);
  },
};

/** Fails when there is no whole answer in time. */
export async function ask(url: string, how: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { ...how, signal: AbortSignal.timeout(ANSWER_WITHIN) });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) as unknown };
  } catch {
    return { status: response.status, body: undefined };
  }
}

export const thisBrowser: Browser = {
  timer,
  encrypted: location.protocol === "https:",
  get: (url) =>
    ask(url, {
      // Asks the server each time, and lets it answer that nothing has changed.
      cache: "no-cache",
      credentials: "omit",
      headers: { Accept: "application/json" },
    }),
  connect,
  isSeen: () => document.visibilityState === "visible",
  onReturn,
  painted: () =>
    new Promise((resolve) => {
      // A page that nobody sees is not painted, and may take its time.
      timer.after(1_000, resolve);
      // The first frame draws it; when the second begins, that has been done.
      requestAnimationFrame(() => requestAnimationFrame(() => timer.after(0, resolve)));
    }),
};
