/**
 * Dates on the move in the timeline: an end or a whole bar, dragged or stepped by keys, shown at once and made an ordinary edit when it is
 * let go. Steps by keys gather until there is a pause, so that a week is one version of the offer and not seven.
 */
import type { Backend } from "../backend/backend";
import type { OfferFields, OfferKey, ViewOffer } from "../backend/bindings";
import { fullDate } from "../shared/dates";
import { datePatch, moved, type Part } from "./timeline";

/** After the last step by a key. */
const PAUSE_MS = 700;

type Desk = {
  readonly backend: Pick<Backend, "updateOffer">;
  readonly locale: string;
  readonly store: { announcement: string };
  run: (command: () => Promise<unknown>) => Promise<void>;
};

type Dates = Pick<OfferFields, "valid_from" | "valid_to">;
/** `before` is what stood there when it began, `dates` what stands there meanwhile, until the engine shows the same. */
type Moving = { key: OfferKey; part: Part; by: number; before: Dates; dates: Dates; sent: boolean };

export class DateShift {
  moving = $state.raw<Moving | null>(null);
  readonly #desk: Desk;
  /** Runs while steps by keys gather. */
  #pause: ReturnType<typeof setTimeout> | null = null;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The dates to show for an offer. */
  of({ key, fields }: ViewOffer): Dates {
    return this.moving?.key === key ? this.moving.dates : fields;
  }

  /** A drag: so many days from where it began. */
  drag(offer: ViewOffer, part: Part, by: number): void {
    this.settle();
    this.#move(this.#begun(offer, part), by);
  }

  /** A key: one step further. */
  nudge(offer: ViewOffer, part: Part, by: number): void {
    const { valid_from, valid_to, title } = offer.fields;
    const missing =
      part === "start" ? valid_from === null : part === "end" ? valid_to === null : !valid_from && !valid_to;
    if (missing) {
      const which = part === "whole" ? "dates" : part === "start" ? "first day" : "last day";
      this.#desk.store.announcement = `${title} has no ${which} to move. Enter opens the editor.`;
      return;
    }
    const begun = this.#begun(offer, part);
    this.#move(begun, begun.by + by);
    this.#say(offer);
    this.#wait(() => void this.commit());
  }

  async commit(): Promise<void> {
    this.#wait(null);
    const done = this.moving;
    if (!done || done.sent) return;
    const sent = { ...done, sent: true };
    this.moving = sent;
    const patch = datePatch(done.before, done.dates);
    if (patch) await this.#desk.run(() => this.#desk.backend.updateOffer(done.key, patch, null));
    if (this.moving === sent) this.moving = null;
  }

  /** Nobody steps on after looking away. A drag goes on until it is let go. */
  settle(): void {
    if (this.#pause !== null) void this.commit();
  }

  cancel(): void {
    this.#wait(null);
    this.moving = null;
  }

  /** What is moving, or begins to, from the dates that are seen. What was moving otherwise is done first. */
  #begun(offer: ViewOffer, part: Part): Moving {
    const now = this.moving;
    if (now && !now.sent) {
      if (now.key === offer.key && now.part === part) return now;
      void this.commit();
    }
    const dates = this.of(offer);
    return { key: offer.key, part, by: 0, before: dates, dates, sent: false };
  }

  #move(begun: Moving, by: number): void {
    this.moving = { ...begun, by, dates: moved(begun.before, begun.part, by) };
  }

  #wait(then: (() => void) | null): void {
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = then && setTimeout(then, PAUSE_MS);
  }

  #say(offer: ViewOffer): void {
    const { valid_from, valid_to } = this.of(offer);
    const words = (day: string | null, none: string) => (day === null ? none : fullDate(day, this.#desk.locale));
    this.#desk.store.announcement = `${words(valid_from, "No first day")} to ${words(valid_to, "no last day")}`;
  }
}
