/**
 * A `hotelmate://` link that this console was opened with: its offer opens as soon as there is a list to find it in.
 *
 * The shell keeps the link until a window takes it, and has refused whatever is no link to an offer. What stands open in a dialog goes first, and
 * unsaved text is asked about, as if the offer had been clicked. An offer that is not listed is said to be missing, in words.
 */
import type { Backend } from "../backend/backend";
import type { Connection, OfferKey, Session } from "../backend/bindings";

/** A list that was read before this window came up may lack the offer that the link is about. */
const LIST_WAIT_MS = 10_000;

export type Known = {
  session: Session | null;
  connection: Pick<Connection, "state" | "lastSynced">;
  /** the offer is listed */
  listed: boolean;
  /** a dialog stands open */
  busy: boolean;
};

export type Step = { do: "wait" } | { do: "open" } | { do: "say"; words: string };

/** What becomes of a link to this offer. `since` is when this window came up, `waited` how long the link has been here. */
export function stepOf(key: OfferKey, known: Known, since: number, waited: number): Step {
  const { session, connection } = known;
  if (session === null) return { do: "wait" };
  if (session.state === "signed-out") return { do: "say", words: `Sign in, and offer ${key} opens.` };
  if (known.busy) return { do: "wait" };
  if (known.listed) return { do: "open" };
  const { state, lastSynced } = connection;
  const isRead = lastSynced !== null && lastSynced >= since;
  if (state !== "offline" && !isRead && waited < LIST_WAIT_MS) return { do: "wait" };
  const where = state === "offline" ? "among the offers this computer knows" : `listed at ${session.account.hotelName}`;
  return { do: "say", words: `Offer ${key} is not ${where}.` };
}

export class Links {
  /** the offer to open */
  key = $state.raw<OfferKey | null>(null);
  /** so that what waits looks again */
  waited = $state.raw(0);
  readonly #backend: Backend;
  readonly #since = Date.now();
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Takes the link that waits for a window, if any. Answers the words of one that was refused. */
  async take(): Promise<string | null> {
    const link = await this.#backend.takeLink();
    if (link === null) return null;
    this.end();
    if (link.kind === "refused") return link.words;
    this.key = link.key;
    const from = Date.now();
    this.#ticking = setInterval(() => (this.waited = Date.now() - from), 1_000);
    return null;
  }

  step(known: Known): Step | null {
    return this.key === null ? null : stepOf(this.key, known, this.#since, this.waited);
  }

  /** Nothing is to be opened any more. */
  end(): void {
    clearInterval(this.#ticking);
    this.key = null;
    this.waited = 0;
  }
}
