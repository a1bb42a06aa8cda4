/**
 * What the server says, as far as guests may see it. Everything comes from outside and is looked at before it is believed: what has the wrong
 * type is as good as absent, and fields that only staff may see are not taken over.
 *
 * Offers come in two shapes: on the public page (no `is_active`: listed means active), and whole, as staff see them, in live events.
 */
import { pictureAddress, webAddress } from "./addresses";

/** An offer as guests see it. */
export interface GuestOffer {
  readonly id: number;
  readonly title: string;
  readonly text: string;
  /** HTML as it came: to be sanitised by whoever shows it. */
  readonly details: string;
  /** `YYYY-MM-DD` */
  readonly from: string | null;
  readonly to: string | null;
  readonly tag: string;
  /** absolute, or "" */
  readonly book: string;
  readonly photo: string | null;
  /** Not "" once the picture behind `photo` has changed while the address stayed. */
  readonly photoVersion: string;
}

/** The hotel's header; what is not known is "" or null. */
export interface Hotel {
  readonly slug: string;
  readonly name: string;
  readonly tagline: string;
  /** city and country */
  readonly place: string;
  readonly hero: string | null;
  readonly logo: string | null;
  readonly phone: string;
  readonly email: string;
  readonly website: string;
  readonly booking: string;
}

/** The public page. */
export interface PublicPage {
  readonly hotel: Hotel;
  readonly offers: readonly GuestOffer[];
}

/** Where the page was read, for addresses without a host, and whether our own page is encrypted. */
export interface Surroundings {
  readonly api: string;
  readonly encrypted: boolean;
}

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const day = (value: unknown): string | null =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : null;

/** The public fields of an offer of either shape; null where it has no id or no title. */
export function readOffer(value: unknown, { api, encrypted }: Surroundings): GuestOffer | null {
  if (!isObject(value) || !Number.isSafeInteger(value.id) || text(value.title) === "") return null;
  return {
    id: value.id as number,
    title: text(value.title),
    text: text(value.short_description),
    details: text(value.details_html),
    from: day(value.valid_from),
    to: day(value.valid_to),
    tag: text(value.tag),
    book: webAddress(value.book_now_url),
    photo: pictureAddress(value.photo_url, api, encrypted),
    photoVersion: "",
  };
}

/** The public page; null where it is none. An offer that cannot be read is left out, the others are shown. */
export function readPage(value: unknown, surroundings: Surroundings): PublicPage | null {
  if (!isObject(value) || !Array.isArray(value.offers)) return null;
  const { api, encrypted } = surroundings;
  const offers = value.offers.map((offer) => readOffer(offer, surroundings)).filter((offer) => offer !== null);
  // The same id twice would be the same card twice.
  const once = new Map(offers.map((offer) => [offer.id, offer]));
  return {
    hotel: {
      slug: text(value.slug),
      name: text(value.name),
      tagline: text(value.tagline),
      place: [text(value.city), text(value.country)].filter(Boolean).join(", "),
      hero: pictureAddress(value.hero_image_url, api, encrypted),
      logo: pictureAddress(value.logo_url, api, encrypted),
      phone: text(value.phone),
      email: text(value.email),
      website: webAddress(value.website_url),
      booking: webAddress(value.booking_url),
    },
    offers: [...once.values()],
  };
}

/** Whether guests would see no difference. */
export function isSame(one: GuestOffer, other: GuestOffer): boolean {
  return (Object.keys(one) as (keyof GuestOffer)[]).every((field) => one[field] === other[field]);
}
