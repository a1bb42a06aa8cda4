/** What guests see of the hotel in memory, and what they would see with everything that is not sent yet. The real rules are in Rust. */
import type { Draft, Field, GuestOffer, GuestPreview, OfferFields, OfferKey, Picture, Stage } from "./bindings";
import { fieldsOf, type Held, isShown } from "./memory-rules";

const seen: readonly Field[] = [
  "title",
  "short_description",
  "details_html",
  "valid_from",
  "valid_to",
  "tag",
  "book_now_url",
  "sort_order",
];
const stages: Record<Held["sync"], Stage> = {
  synced: "waiting",
  waiting: "waiting",
  sending: "sending",
  parked: "needs-you",
  conflict: "needs-you",
};

type Side = {
  key: OfferKey | null;
  fields: OfferFields;
  photo: Picture | null;
  createdAt: string | null;
  stage: Stage;
};

function listed(sides: readonly Side[]): Side[] {
  return sides
    .filter(({ fields }) => fields.is_active)
    .sort(
      (a, b) => a.fields.sort_order - b.fields.sort_order || (b.createdAt ?? "9").localeCompare(a.createdAt ?? "9"),
    );
}

function wire({ key, fields, photo }: Side): GuestOffer {
  const { title, short_description, details_html, valid_from, valid_to, tag, book_now_url } = fields;
  const id = key === null || key.startsWith("new:") ? null : Number(key);
  const texts = { title, short_description, details_html, valid_from, valid_to, tag, book_now_url };
  return { key, id, ...texts, photo, pending: null };
}

function typedOver(sides: Side[], { key, base, fields, photo }: Draft): void {
  const chosen = photo === null ? undefined : photo === "remove" ? null : { hash: photo.set.hash };
  if (key === null) {
    sides.push({ key, fields, photo: chosen ?? null, createdAt: null, stage: "unsaved" });
    return;
  }
  const side = sides.find((one) => one.key === key);
  if (!side) return;
  const names = Object.keys(fields) as Field[];
  const typed = names.filter((name) => fields[name] !== base[name]).map((name) => [name, fields[name]]);
  side.fields = { ...side.fields, ...(Object.fromEntries(typed) as Partial<OfferFields>) };
  if (chosen !== undefined) side.photo = chosen;
  side.stage = "unsaved";
}

export function guestSides(
  all: readonly Held[],
  drafts: readonly Draft[],
): Pick<GuestPreview, "offers" | "intended" | "leaving"> {
  const standing = all.flatMap(({ key, base, basePhoto, createdAt }): Side[] =>
    base === null ? [] : [{ key, fields: base, photo: basePhoto, createdAt, stage: "waiting" }],
  );
  const wanted = all.filter(isShown).map((held): Side => {
    const { key, photo, createdAt, sync } = held;
    return { key, fields: fieldsOf(held), photo, createdAt, stage: stages[sync] };
  });
  for (const draft of [...drafts].reverse()) typedOver(wanted, draft);
  const offers = listed(standing);
  const shown = listed(wanted);
  const before = new Map(offers.map((side) => [side.key, side]));
  return {
    offers: offers.map(wire),
    intended: shown.map((side) => {
      const old = before.get(side.key);
      const fields = old ? seen.filter((name) => old.fields[name] !== side.fields[name]) : [];
      const photo = old !== undefined && old.photo?.hash !== side.photo?.hash;
      const isOpen = !old || fields.length > 0 || photo;
      return { ...wire(side), pending: isOpen ? { stage: side.stage, isNew: !old, fields, photo } : null };
    }),
    leaving: offers.flatMap(({ key, fields: { title } }) => {
      const held = all.find((one) => one.key === key);
      // what was deleted here and shows again waits for a person
      const waits = held !== undefined && held.deleting && isShown(held);
      if (key === null || (!waits && shown.some((side) => side.key === key))) return [];
      const hidden = wanted.find((side) => side.key === key && !side.fields.is_active);
      return [{ key, title, stage: hidden?.stage ?? stages[held?.sync ?? "waiting"], isDeleted: !hidden }];
    }),
  };
}
