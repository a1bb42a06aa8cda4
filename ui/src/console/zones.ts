/** Time zones as people look for them. Which there are, and what their clocks say, comes from the engine; here are the words. */
import type { Zone } from "../backend/bindings";
import { fold, searchTerms } from "./search";

/** As many as one looks through; the others take one more letter. */
export const MOST_ZONES = 20;

const MS = 1_000;
const DAY_MS = 86_400_000;

/** `America/Argentina/Buenos_Aires`: the city, and the region it lies in. */
export function zoneWords(name: string): { city: string; region: string } {
  const parts = name.replaceAll("_", " ").split("/");
  // `Etc/UTC` is nowhere.
  const region = parts[0] === "Etc" ? [] : parts.slice(0, -1);
  return { city: parts.at(-1) ?? name, region: region.join(", ") };
}

/** `Dublin, Europe` */
export function zoneName(name: string): string {
  const { city, region } = zoneWords(name);
  return region ? `${city}, ${region}` : city;
}

/** The zones in which every word is found; those whose city begins with it first. */
export function foundZones(zones: readonly Zone[], query: string): Zone[] {
  const terms = searchTerms(query);
  const [first] = terms;
  if (first === undefined) return [];
  const hits = zones.filter(({ name }) => {
    const words = fold(`${name} ${zoneName(name)}`);
    return terms.every((term) => words.includes(term));
  });
  const begins = ({ name }: Zone) => Number(!fold(zoneWords(name).city).startsWith(first));
  return hits.sort((a, b) => begins(a) - begins(b)).slice(0, MOST_ZONES);
}

/** What clocks that are so many seconds ahead of UTC say. No zone is asked of the webview, which may not know it. */
export function zoneClock(offset: number, now: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", timeZone: "UTC" }).format(
    now + offset * MS,
  );
}

/** `Monday, 23 November` there. */
export function zoneDay(offset: number, now: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(
    now + offset * MS,
  );
}

/** Whether it is another day there than where clocks are `than` seconds ahead of UTC. */
export const isAnotherDay = (offset: number, than: number, now: number): boolean =>
  Math.floor((now + offset * MS) / DAY_MS) !== Math.floor((now + than * MS) / DAY_MS);
