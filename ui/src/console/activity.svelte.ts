/**
 * What the activity panel knows while it is open: the newest entries, those that come, and older ones as far as somebody scrolls.
 * Closed, it holds nothing: the engine keeps the table. Only the rows in sight are in the page.
 */
import type { Backend } from "../backend/backend";
import type { ActivityEntry } from "../backend/bindings";
import { type ActivityKind, asLine, describeEntry, type Described } from "./activity-words";
import { asAppError } from "./errors";
import { fold, searchTerms } from "./search";
import { rowsInSight } from "./sight";

/** Entries held at most: beyond, the oldest leave while new ones come, and are read again when somebody scrolls there. */
export const MOST = 10_000;
export const ROW = 26;

export type Row = Described & { entry: ActivityEntry; folded: string };

export class ActivityLog {
  open = $state.raw(false);
  /** newest first */
  rows = $state.raw<readonly Row[]>([]);
  kind = $state.raw<ActivityKind | "all">("all");
  query = $state.raw("");
  failure = $state.raw<string | null>(null);
  /** there is nothing older */
  complete = $state.raw(false);

  readonly shown: readonly Row[] = $derived.by(() => {
    const terms = searchTerms(this.query);
    if (this.kind === "all" && terms.length === 0) return this.rows;
    return this.rows.filter(
      (row) => (this.kind === "all" || row.kind === this.kind) && terms.every((term) => row.folded.includes(term)),
    );
  });

  readonly #backend: Pick<Backend, "activity">;
  #reading = false;

  constructor(backend: Pick<Backend, "activity">) {
    this.#backend = backend;
  }

  toggle(): void {
    if (this.open) this.close();
    else {
      this.open = true;
      void this.older();
    }
  }

  close(): void {
    this.open = false;
    this.rows = [];
    this.query = "";
    this.kind = "all";
    this.complete = false;
    this.failure = null;
  }

  /** Entries that were just made, newest last. */
  take(entries: readonly ActivityEntry[]): void {
    if (!this.open) return;
    const newest = this.rows[0]?.entry.id ?? 0;
    const fresh = entries.filter(({ id }) => id > newest).map(row);
    if (fresh.length === 0) return;
    const rows = [...fresh.reverse(), ...this.rows];
    if (rows.length > MOST) this.complete = false;
    this.rows = rows.slice(0, MOST);
  }

  /** Reads what is older than what is held. */
  async older(): Promise<void> {
    if (this.#reading || this.complete || this.rows.length >= MOST) return;
    this.#reading = true;
    try {
      const entries = await this.#backend.activity(this.rows.at(-1)?.entry.id ?? null);
      if (!this.open) return;
      const oldest = this.rows.at(-1)?.entry.id ?? Infinity;
      const more = entries.filter(({ id }) => id < oldest).map(row);
      this.rows = [...this.rows, ...more];
      this.complete = more.length === 0;
      this.failure = null;
    } catch (error) {
      this.failure = asAppError(error).message;
    } finally {
      this.#reading = false;
    }
  }

  /** What is shown, for the clipboard. */
  text(): string {
    return this.shown.map(({ entry }) => asLine(entry)).join("\n");
  }
}

const row = (entry: ActivityEntry): Row => {
  const described = describeEntry(entry.what);
  return { ...described, entry, folded: fold(`${described.label} ${described.text} ${described.note}`) };
};

/** The rows that a list of this height shows when scrolled to `top`: from, to (not included). */
export const inSight = (top: number, height: number, count: number): [from: number, to: number] =>
  rowsInSight(top, height, count, ROW);
