/**
 * The offers on the page, and what live events and readings make of them: pure, without a clock, a network or a screen of its own.
 *
 * The page that was read is the truth, an event is a hint that is usually right: it can be missing (over 10 kB, a cut line), come twice, or come
 * late. So an event changes only its own offer, and each step says whether the page has to be read.
 *
 * - An offer that no step touches stays the same object, so its card is not drawn again. A step without effect returns the same listing.
 * - An answer changes no offer that an event has touched since the reading began: nobody can tell which of the two is newer.
 * - A reading that has an offer just as it was before an event of the last minutes is an old copy (not every proxy asks anew): the event holds, and
 *   the page is read again, until one confirms it or it is too old to hold (`doubt`).
 * - What was deleted does not come back by a late event, only by a reading.
 * - A creation that comes after other news of its offer changes nothing: that is the newer.
 * - A newcomer whose place is not certain waits for the reading that tells it (`waiting`), or for its failure (`settle`).
 */
import { pictureAddress } from "./addresses";
import { type GuestOffer, isObject, isSame, type Json, readOffer, type Surroundings } from "./offers";
import { agree, boundsOf, type Place, readPlace } from "./places";

export interface Listing {
  /** In the order in which guests see them. */
  readonly offers: readonly GuestOffer[];
  /** Active, but nobody knows yet where they stand. */
  readonly waiting: readonly GuestOffer[];
  readonly places: ReadonlyMap<number, Place>;
  /** Deleted, as an event said. */
  readonly gone: ReadonlySet<number>;
  /** What no reading has confirmed yet, by offer. */
  readonly touched: ReadonlyMap<number, Touch>;
  /** How many events there were: a reading notes it when it begins. */
  readonly events: number;
  /** When specific events came whose `offers-updated` has not come yet, in milliseconds. */
  readonly unpaired: readonly number[];
}

/** Events about one offer. */
export interface Touch {
  /** the number of the last one */
  readonly number: number;
  /** when it came, in milliseconds */
  readonly at: number;
  /** how guests saw the offer before each of them; null: not at all */
  readonly was: readonly (GuestOffer | null)[];
}

/** Whether the page has to be read: not at all, now, or at leisure, since it is only a second look. */
export type Need = "none" | "now" | "leisure";

export interface Step {
  readonly listing: Listing;
  readonly need: Need;
  /** The reading was an old copy of the page. So old, in milliseconds, is the youngest event that it does not know of. */
  readonly doubt?: number;
}

export interface LiveEvent {
  readonly name: string;
  readonly data: unknown;
  /** when it came, in milliseconds */
  readonly at: number;
}

export const EMPTY: Listing = {
  offers: [],
  waiting: [],
  places: new Map(),
  gone: new Set(),
  touched: new Map(),
  events: 0,
  unpaired: [],
};

/** The server sends `offers-updated` right after each specific event. */
const PARTNERS_WITHIN = 5_000;

/** Longer than this an event does not hold against the page. */
const HOLDS_FOR = 180_000;

/** What an event makes of the listing. Other apps share the channel: unknown names change nothing. */
export function applyEvent(listing: Listing, event: LiveEvent, surroundings: Surroundings): Step {
  switch (event.name) {
    case "offer-created":
    case "offer-updated":
      return applyOffer(listing, event, surroundings);
    case "offer-deleted":
      return applyDeletion(listing, event);
    case "offer-image-updated":
      return applyPhoto(listing, event, surroundings);
    case "offers-updated": {
      const [, ...unpaired] = listing.unpaired.filter((at) => event.at - at < PARTNERS_WITHIN);
      const paired = unpaired.length < listing.unpaired.filter((at) => event.at - at < PARTNERS_WITHIN).length;
      return { listing: { ...listing, unpaired }, need: paired ? "leisure" : "now" };
    }
    default:
      return { listing, need: "none" };
  }
}

function applyOffer(listing: Listing, event: LiveEvent, surroundings: Surroundings): Step {
  const whole = isObject(event.data) ? event.data.offer : undefined;
  const offer = readOffer(whole, surroundings);
  if (!offer || !isObject(whole) || typeof whole.is_active !== "boolean") return { listing, need: "now" };
  const isCreated = event.name === "offer-created";
  if (listing.gone.has(offer.id) || (isCreated && isKnown(listing, offer.id)))
    return { listing: paired(listing, event), need: "now" };

  const after = touch(listing, event, offer.id);
  if (!whole.is_active) return { listing: without(after, offer.id), need: "none" };

  const place = readPlace(whole);
  const places = new Map(after.places);
  if (place) places.set(offer.id, place);
  return put({ ...after, places }, offer, place, isCreated);
}

/** Whether anything was heard or read of the offer: then its creation is the older news. */
const isKnown = (listing: Listing, id: number): boolean => listing.touched.has(id) || held(listing, id) !== undefined;

/** An offer as it is known here, shown or waiting. */
const held = ({ offers, waiting }: Listing, id: number): GuestOffer | undefined =>
  [...offers, ...waiting].find((offer) => offer.id === id);

/** Puts an active offer where it belongs, if that is certain. */
function put(listing: Listing, offer: GuestOffer, place: Place | null, isNew: boolean): Step {
  const was = listing.offers.findIndex((other) => other.id === offer.id);
  const known = was < 0 ? listing.waiting.find((other) => other.id === offer.id) : listing.offers[was];
  const now = merged(known, offer);
  const others = listing.offers.filter((other) => other.id !== offer.id);
  const ids = others.map((other) => other.id);
  const [first, end] = place ? boundsOf(place, ids, listing.places) : [0, others.length];
  // The newest of those that come first of all: nothing can stand before it.
  const last = isNew && place?.order === 0 && first === 0 ? 0 : end;

  if (was >= 0) {
    const certain = first === last;
    const at = was >= first && was <= last ? was : certain ? first : null;
    const moved = at === null || at === was ? listing.offers : insert(others, at, now);
    const offers = moved.map((other) => (other.id === offer.id ? now : other));
    return { listing: withOffers(listing, offers), need: certain ? "none" : "now" };
  }
  if (first === last) {
    const waiting = listing.waiting.filter((other) => other.id !== offer.id);
    return { listing: { ...listing, waiting, offers: insert(others, first, now) }, need: "none" };
  }
  const waiting = [...listing.waiting.filter((other) => other.id !== offer.id), now];
  return { listing: { ...listing, waiting }, need: "now" };
}

function applyDeletion(listing: Listing, event: LiveEvent): Step {
  const id = isObject(event.data) ? event.data.offer_id : undefined;
  if (!Number.isSafeInteger(id)) return { listing, need: "now" };
  const after = without(touch(listing, event, id as number), id as number);
  return { listing: { ...after, gone: new Set([...listing.gone, id as number]) }, need: "none" };
}

function applyPhoto(listing: Listing, event: LiveEvent, { api, encrypted }: Surroundings): Step {
  const data: Json = isObject(event.data) ? event.data : {};
  const photo = pictureAddress(data.photo_url, api, encrypted);
  if (!Number.isSafeInteger(data.offer_id) || photo === null) return { listing, need: "now" };
  const id = data.offer_id as number;
  const version = typeof data.timestamp === "string" ? data.timestamp : String(event.at);
  const swap = (offer: GuestOffer): GuestOffer => {
    if (offer.id !== id) return offer;
    // Behind a new address there is nothing to be confused with.
    return merged(offer, { ...offer, photo, photoVersion: photo === offer.photo ? version : "" });
  };
  const after = touch(listing, event, id);
  return { listing: { ...withOffers(after, after.offers.map(swap)), waiting: after.waiting.map(swap) }, need: "none" };
}

/**
 * What a reading makes of the listing. `since` is the `events` of the listing when the reading began, `now` the time in milliseconds.
 */
export function applyReading(listing: Listing, read: readonly GuestOffer[], since: number, now: number): Step {
  const ours = new Map([...listing.waiting, ...listing.offers].map((offer) => [offer.id, offer]));
  const theirs = new Map(read.map((offer) => [offer.id, offer]));
  /** Events that came during the reading, and those that an old copy does not know of. */
  const touched = new Map<number, Touch>();
  const doubts: number[] = [];
  for (const [id, touch] of listing.touched) {
    const isOld = isOldCopy(touch, ours.get(id) ?? null, theirs.get(id) ?? null, now);
    if (touch.number <= since && isOld) doubts.push(now - touch.at);
    if (touch.number > since || isOld) touched.set(id, touch);
  }
  const isTouched = (id: number): boolean => touched.has(id);
  let offers: readonly GuestOffer[] = read.flatMap((offer) => {
    const known = ours.get(offer.id);
    if (isTouched(offer.id)) return known ? [known] : [];
    return [merged(known, offer)];
  });

  const listed = new Set(read.map((offer) => offer.id));
  const places = agree([...listed], listing.places) ? listing.places : new Map<number, Place>();
  const kept = listing.offers.filter((offer) => isTouched(offer.id) && !listed.has(offer.id));
  for (const offer of kept) {
    const before = listing.offers[listing.offers.indexOf(offer) - 1];
    const at = before ? offers.findIndex((other) => other.id === before.id) + 1 : 0;
    offers = insert(offers, at, offer);
  }
  const shown = new Set(offers.map((offer) => offer.id));
  const waiting = listing.waiting.filter((offer) => isTouched(offer.id) && !shown.has(offer.id));
  const after: Listing = {
    ...withOffers(listing, offers),
    waiting,
    touched,
    places: new Map([...places].filter(([id]) => shown.has(id) || isTouched(id))),
    gone: new Set([...listing.gone].filter(isTouched)),
  };
  const need = touched.size > doubts.length ? "now" : "none";
  // An old copy cannot tell where a newcomer stands either.
  return doubts.length > 0 ? { listing: settle(after), need, doubt: Math.min(...doubts) } : { listing: after, need };
}

/** Whether what was read is how the offer was before the events about it, while these still hold. */
function isOldCopy({ at, was }: Touch, ours: GuestOffer | null, read: GuestOffer | null, now: number): boolean {
  const age = now - at;
  const looksLikeRead = (offer: GuestOffer | null): boolean =>
    offer && read ? isSame({ ...offer, photoVersion: read.photoVersion }, read) : offer === read;
  return age >= 0 && age < HOLDS_FOR && !looksLikeRead(ours) && was.some(looksLikeRead);
}

/** Shows those that waited for a reading which has failed, each after all that certainly stand before it. */
export function settle(listing: Listing): Listing {
  let { offers } = listing;
  for (const offer of listing.waiting) {
    const place = listing.places.get(offer.id);
    const ids = offers.map((other) => other.id);
    offers = insert(offers, place ? boundsOf(place, ids, listing.places)[0] : offers.length, offer);
  }
  return listing.waiting.length === 0 ? listing : { ...listing, offers, waiting: [] };
}

/** `now` as the object that is already on the page where guests would see no difference. */
function merged(known: GuestOffer | undefined, now: GuestOffer): GuestOffer {
  if (!known) return now;
  const keepsVersion = now.photoVersion === "" && now.photo === known.photo;
  const next = keepsVersion ? { ...now, photoVersion: known.photoVersion } : now;
  return isSame(known, next) ? known : next;
}

/** The listing with these offers; with its own array where they are the same ones. */
function withOffers(listing: Listing, offers: readonly GuestOffer[]): Listing {
  const equal = offers.length === listing.offers.length && offers.every((offer, at) => offer === listing.offers[at]);
  return equal ? listing : { ...listing, offers };
}

function without(listing: Listing, id: number): Listing {
  const others = (offers: readonly GuestOffer[]) => offers.filter((offer) => offer.id !== id);
  return { ...withOffers(listing, others(listing.offers)), waiting: others(listing.waiting) };
}

const insert = (offers: readonly GuestOffer[], at: number, offer: GuestOffer): readonly GuestOffer[] => [
  ...offers.slice(0, at),
  offer,
  ...offers.slice(at),
];

function touch(listing: Listing, event: LiveEvent, id: number): Listing {
  const number = listing.events + 1;
  const before = held(listing, id) ?? null;
  const touch: Touch = { number, at: event.at, was: [...(listing.touched.get(id)?.was ?? []), before] };
  return { ...paired(listing, event), events: number, touched: new Map(listing.touched).set(id, touch) };
}

const paired = (listing: Listing, event: LiveEvent): Listing => ({
  ...listing,
  unpaired: [...listing.unpaired.filter((at) => event.at - at < PARTNERS_WITHIN), event.at],
});
