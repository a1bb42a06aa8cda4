/** Offers by their tags, as the timeline shows them. */
import type { ViewOffer } from "../backend/bindings";

export type TagGroup = { tag: string; offers: readonly ViewOffer[] };

/** Tags in the order they first come in, whatever their case; what has none is last. Within a tag the order stays. */
export function groupedByTag(offers: readonly ViewOffer[]): TagGroup[] {
  const tags = new Map<string, { tag: string; offers: ViewOffer[] }>();
  for (const offer of offers) {
    const tag = offer.fields.tag.trim();
    const name = tag.toLowerCase();
    const group = tags.get(name);
    if (group) group.offers.push(offer);
    else tags.set(name, { tag, offers: [offer] });
  }
  const bare = tags.get("");
  tags.delete("");
  return [...tags.values(), ...(bare ? [bare] : [])];
}
