/**
 * What the preview shows: what guests see as the engine knows it, read again whenever the change feed says that it may be different.
 *
 * A batch of the feed is a hint here: one reading at a time, one more if something came meanwhile. An offer that a reading leaves as it was stays
 * the same object, so its card is not drawn again; that is how changes appear one card at a time, as on the page itself.
 *
 * Absent: a network, and any way to change something.
 */
import type { Backend } from "../backend/backend";
import type { AppError, Batch, GuestOffer as Given, GuestPreview, Leaving, Pending } from "../backend/bindings";
import { asAppError } from "../console/errors";
import { webAddress } from "../guest/addresses";
import { type GuestOffer, type Hotel, isSame } from "../guest/offers";
import type { ShownPage, State } from "../guest/shown";

type Listed = { offers: readonly GuestOffer[]; pending: ReadonlyMap<number, Pending> };
const NOTHING: Listed = { offers: [], pending: new Map() };

export class Preview implements ShownPage {
  /** null: nothing was read yet */
  data = $state.raw<GuestPreview | null>(null);
  failure = $state.raw<AppError | null>(null);
  /** the page's address is known, so that a browser can be sent there */
  served = $state.raw(false);
  /** with what was done here and is not on the server */
  withPending = $state(false);
  /** null: today, also when that becomes another day */
  chosenDay = $state.raw<string | null>(null);

  #now = $state.raw<Listed>(NOTHING);
  #intended = $state.raw<Listed>(NOTHING);
  readonly #ids = new Map<string, number>();
  #reading = false;
  #again = false;
  #stopped = false;
  #unsubscribe: (() => void) | null = null;

  constructor(private readonly backend: Backend) {}

  readonly today: string = $derived.by(() => this.data?.today ?? "");
  readonly day: string = $derived.by(() => this.chosenDay ?? this.today);
  readonly isSignedIn: boolean = $derived.by(() => this.data !== null && this.data.session.state !== "signed-out");
  readonly isDemo: boolean = $derived.by(
    () => this.data !== null && this.data.session.state !== "signed-out" && this.data.session.demo,
  );
  readonly #shown: Listed = $derived.by(() => (this.withPending ? this.#intended : this.#now));
  /** what is not on the server, by the offer as it is shown; empty while that is not shown */
  readonly pending: ReadonlyMap<number, Pending> = $derived.by(() => this.#shown.pending);
  readonly marked: ReadonlyMap<number, readonly string[]> = $derived.by(
    () => new Map([...this.pending].map(([id, { fields }]) => [id, fields])),
  );
  readonly leaving: readonly Leaving[] = $derived.by(() => this.data?.leaving ?? []);
  /** How many changes are not on the server. */
  readonly open: number = $derived.by(() => this.#intended.pending.size + this.leaving.length);

  get offers(): readonly GuestOffer[] {
    return this.#shown.offers;
  }

  get state(): State {
    return this.data === null ? "loading" : "shown";
  }

  readonly hotel: Hotel | null = $derived.by(() => {
    const { data } = this;
    if (data === null || data.session.state === "signed-out") return null;
    const known = data.hotel;
    const picture = (hash: string | null | undefined) => (hash ? this.backend.photoUrl(hash) : null);
    return {
      slug: data.session.account.hotelSlug,
      name: known?.name || data.session.account.hotelName,
      tagline: known?.tagline ?? "",
      place: [known?.city, known?.country].filter(Boolean).join(", "),
      hero: picture(known?.hero?.hash),
      logo: picture(known?.logo?.hash),
      phone: known?.phone ?? "",
      email: known?.email ?? "",
      website: webAddress(known?.website_url),
      booking: webAddress(known?.booking_url),
    };
  });

  async start(): Promise<void> {
    try {
      this.#unsubscribe ??= await this.backend.subscribe((batch) => this.#hear(batch));
    } catch (error) {
      this.failure = asAppError(error);
      return;
    }
    if (this.#stopped) this.stop();
    else await this.read();
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  /** Reads what guests see; asked while that goes on, once more. */
  async read(): Promise<void> {
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        const [data, served] = await Promise.all([this.backend.guestPreview(), this.backend.guestPageIsServed()]);
        this.#take(data, served);
      }
      this.failure = null;
    } catch (error) {
      this.failure = asAppError(error);
    } finally {
      this.#reading = false;
    }
  }

  #hear({ changes }: Batch): void {
    if (changes.some(({ type }) => type !== "activity" && type !== "notice")) void this.read();
  }

  #take(data: GuestPreview, served: boolean): void {
    this.#now = this.#listed(data.offers, this.#now);
    this.#intended = this.#listed(data.intended, this.#intended);
    this.served = served;
    this.data = data;
  }

  #listed(given: readonly Given[], before: Listed): Listed {
    const known = new Map(before.offers.map((offer) => [offer.id, offer]));
    const pending = new Map<number, Pending>();
    const offers = given.map((one, at) => {
      const offer = this.#offer(one, at);
      if (one.pending) pending.set(offer.id, one.pending);
      const earlier = known.get(offer.id);
      return earlier && isSame(earlier, offer) ? earlier : offer;
    });
    const isEqual = offers.length === before.offers.length && offers.every((offer, at) => offer === before.offers[at]);
    return { offers: isEqual ? before.offers : offers, pending };
  }

  #offer(given: Given, at: number): GuestOffer {
    const hash = given.photo?.hash;
    return {
      id: given.id ?? this.#idFor(given.key ?? `unsaved ${at}`),
      title: given.title,
      text: given.short_description,
      details: given.details_html,
      from: given.valid_from,
      to: given.valid_to,
      tag: given.tag,
      book: webAddress(given.book_now_url),
      photo: hash ? this.backend.photoUrl(hash, { card: 1280 }) : null,
      photoVersion: "",
    };
  }

  /** A number that no server gives, for an offer that has none yet. */
  #idFor(name: string): number {
    const id = this.#ids.get(name) ?? -1 - this.#ids.size;
    this.#ids.set(name, id);
    return id;
  }
}
