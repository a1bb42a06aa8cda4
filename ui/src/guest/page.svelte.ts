/**
 * The guest page at work: reads the public page, keeps it in step by live events, and holds what is on the screen.
 *
 * The first offers are painted before live updates connect. Without live updates the page reads again from time to time and says nothing about
 * it: what stands there was true a moment ago. With them it still reads, after each (re)connection, after `offers-updated`, and now and then,
 * since any event can be lost.
 */
import type { Browser } from "./browser";
import type { Config } from "./config";
import { applyEvent, applyReading, EMPTY, type Listing, settle, type Step } from "./listing";
import type { LiveLine } from "./live";
import { type Hotel, isObject, readPage, type Surroundings } from "./offers";
import { Readings, type Span } from "./readings";
import type { ShownPage, State } from "./shown";

/** Wishes within the first part come together; the rest spreads the guests. */
const NOW: Span = [300, 1_500];
/** A second look at what an event has said already. */
const LEISURE: Span = [3_000, 15_000];
/** After an old copy of the page at the earliest. */
const SOONEST_LOOK = 5_000;
/** Between readings that nothing asked for. */
const LIVE_REST: Span = [240_000, 360_000];
/** The same without live updates, from one reading to the next; the last is kept. */
const WITHOUT_LIVE: readonly Span[] = [
  [2_000, 4_000],
  [8_000, 12_000],
  [20_000, 30_000],
  [45_000, 60_000],
];
/** The same for a page that nobody sees: who comes back gets a reading at once. */
const UNSEEN_REST: Span = [600_000, 900_000];

/** So many answers that there is no such hotel are believed by a page that has shown it. */
const GONE = 2;

export class GuestPage implements ShownPage {
  #listing = $state.raw<Listing>(EMPTY);
  #hotel = $state.raw<Hotel | null>(null);
  #state = $state.raw<State>("loading");

  readonly #readings: Readings;
  readonly #surroundings: Surroundings;
  #line: LiveLine | null = null;
  #live = false;
  #stopped = false;
  /** How many readings there were without live updates. */
  #alone = 0;
  /** How many answers in a row said that there is no such hotel. */
  #absent = 0;
  readonly #endReturns: () => void;

  constructor(
    private readonly config: Config,
    private readonly browser: Browser,
  ) {
    this.#surroundings = { api: `${config.api}/`, encrypted: browser.encrypted };
    this.#readings = new Readings(() => this.#read(), browser.timer);
    this.#endReturns = browser.onReturn(() => this.#readings.want(NOW));
    this.#readings.want([0, 0]);
  }

  get offers() {
    return this.#listing.offers;
  }

  get hotel() {
    return this.#hotel;
  }

  get state() {
    return this.#state;
  }

  /** Ends everything; the page stays as it is. */
  stop(): void {
    this.#stopped = true;
    this.#readings.stop();
    this.#endReturns();
    this.#line?.stop();
  }

  async #read(): Promise<void> {
    const since = this.#listing.events;
    const { api, slug } = this.config;
    const url = `${api}/hotel/public/page/${encodeURIComponent(slug)}/`;
    const answer = await this.browser.get(url).catch(() => null);
    if (this.#stopped) return;
    const page = answer?.status === 200 ? readPage(answer.body, this.#surroundings) : null;
    // A proxy says the same in other words, for the moment in which there is no server behind it.
    this.#absent = answer?.status === 404 && isObject(answer.body) ? this.#absent + 1 : 0;
    if (page) {
      this.#hotel = page.hotel;
      this.#take(applyReading(this.#listing, page.offers, since, Date.now()));
      this.#state = "shown";
      // Whoever answers now is likely to answer the other line too.
      if (this.#line && !this.#live) this.#line.retry();
      if (!this.#line) void this.#listen();
    } else {
      this.#listing = settle(this.#listing);
      if (this.#absent === GONE) this.#withdraw();
      if (this.#state !== "shown") this.#state = answer?.status === 404 ? "unknown" : "unreachable";
    }
    this.#readings.want(this.#rest(page !== null));
  }

  #withdraw(): void {
    this.#listing = { ...EMPTY, events: this.#listing.events };
    this.#hotel = null;
    this.#state = "unknown";
  }

  async #listen(): Promise<void> {
    const { live, slug } = this.config;
    if (live === null) return;
    await this.browser.painted();
    if (this.#stopped || this.#line) return;
    this.#line = this.browser.connect(live, slug, {
      subscribed: () => {
        this.#live = true;
        this.#alone = 0;
        this.#readings.want(NOW);
      },
      lost: () => {
        if (!this.#live) return;
        this.#live = false;
        this.#readings.want(this.#rest(true));
      },
      event: (name, data) => {
        // Of a hotel that is not there an event tells no more than that it may be there again.
        if (this.#state !== "shown") this.#readings.want(NOW);
        else this.#take(applyEvent(this.#listing, { name, data, at: Date.now() }, this.#surroundings));
      },
    });
  }

  #take({ listing, need, doubt }: Step): void {
    this.#listing = listing;
    if (doubt !== undefined) {
      // As long again as the event is old: a few looks until it no longer holds.
      const wait = Math.max(SOONEST_LOOK, doubt);
      this.#readings.want([wait, 1.5 * wait]);
    }
    if (need !== "none") this.#readings.want(need === "now" ? NOW : LEISURE);
  }

  /** Until the next reading that nothing asks for. */
  #rest(wasRead: boolean): Span {
    if (!this.browser.isSeen() && this.#state === "shown") return UNSEEN_REST;
    if (this.#live && wasRead) return LIVE_REST;
    const at = Math.min(this.#alone, WITHOUT_LIVE.length - 1);
    this.#alone += 1;
    return WITHOUT_LIVE[at] ?? LIVE_REST;
  }
}
