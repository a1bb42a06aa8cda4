/**
 * When the page is read: one reading at a time, many wishes in one reading, and never all guests at once.
 *
 * A wish names a span; the reading begins at a random moment in it, so that a thousand open pages do not ask in the same instant. A wish for
 * sooner moves the reading forward, a wish for later is already granted. A wish during a reading gets one of its own afterwards.
 */

/** Milliseconds from now: at the earliest, at the latest. */
export type Span = readonly [earliest: number, latest: number];

export interface Timer {
  now(): number;
  /** Calls `work` once after `milliseconds`; what it returns takes that back. */
  after(milliseconds: number, work: () => void): () => void;
}

export class Readings {
  #due = Infinity;
  #cancel = (): void => undefined;
  #reading = false;
  #stopped = false;

  /** `read` must not fail: what becomes of a failure is its own affair. */
  constructor(
    private readonly read: () => Promise<void>,
    private readonly timer: Timer,
    private readonly random: () => number = Math.random,
  ) {}

  want([earliest, latest]: Span): void {
    const due = this.timer.now() + earliest + this.random() * (latest - earliest);
    if (this.#stopped || due >= this.#due) return;
    this.#due = due;
    if (!this.#reading) this.#plan();
  }

  /** No reading begins any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #plan(): void {
    this.#cancel();
    if (this.#due === Infinity || this.#stopped) return;
    this.#cancel = this.timer.after(Math.max(0, this.#due - this.timer.now()), () => void this.#run());
  }

  async #run(): Promise<void> {
    this.#due = Infinity;
    this.#reading = true;
    try {
      await this.read();
    } finally {
      this.#reading = false;
      this.#plan();
    }
  }
}
