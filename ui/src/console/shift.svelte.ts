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
  readonly store: { get: (key: OfferKey) => ViewOffer | undefined; announcement: string };
  run: (command: () => Promise<unknown>) => Promise<void>;
};

type Dates = Pick<OfferFields, "valid_from" | "valid_to">;
/** `dates`: what stands there meanwhile, until the engine shows the same. */
type Moving = { key: OfferKey; part: Part; by: number; dates: Dates };

export class DateShift {
  moving = $state.raw<Moving | null>(null);
  readonly #desk: Desk;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The dates to show for an offer. */
  of({ key, fields }: ViewOffer): Dates {
    return this.moving?.key === key ? this.moving.dates : fields;
  }

  /** A drag: so many days from where it began. */
  drag({ key, fields }: ViewOffer, part: Part, by: number): void {
    this.#turnTo(key, part);
    this.moving = { key, part, by, dates: moved(fields, part, by) };
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
    this.#turnTo(offer.key, part);
    const sum = (this.moving?.by ?? 0) + by;
    this.moving = { key: offer.key, part, by: sum, dates: moved(offer.fields, part, sum) };
    this.#say(offer);
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.commit(), PAUSE_MS);
  }

  async commit(): Promise<void> {
    clearTimeout(this.#pause);
    const done = this.moving;
    const offer = done && this.#desk.store.get(done.key);
    const patch = offer && datePatch(offer.fields, done.dates);
    if (patch) await this.#desk.run(() => this.#desk.backend.updateOffer(offer.key, patch, null));
    if (this.moving === done) this.moving = null;
  }

  cancel(): void {
    clearTimeout(this.#pause);
    this.moving = null;
  }

  /** What was moving otherwise is done first. */
  #turnTo(key: OfferKey, part: Part): void {
    if (!this.moving || (this.moving.key === key && this.moving.part === part)) return;
    void this.commit();
    this.moving = null;
  }

  #say(offer: ViewOffer): void {
    const { valid_from, valid_to } = this.of(offer);
    const words = (day: string | null, none: string) => (day === null ? none : fullDate(day, this.#desk.locale));
    this.#desk.store.announcement = `${words(valid_from, "No first day")} to ${words(valid_to, "no last day")}`;
  }
}
