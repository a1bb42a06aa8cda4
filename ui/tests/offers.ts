/** Offers for tests of logic. Tests of screens use the in-memory backend, which makes its own. */
import type { OfferFields, StagedPhoto, ViewOffer } from "../src/backend/bindings";
import { newFields } from "../src/console/draft";

export function offer(id: number, fields: Partial<OfferFields> = {}, rest: Partial<ViewOffer> = {}): ViewOffer {
  return {
    key: String(id),
    id,
    fields: { ...newFields(), title: `Offer ${id}`, short_description: "d", ...fields },
    photo: null,
    createdAt: `2026-11-${String((id % 28) + 1).padStart(2, "0")}T10:00:00Z`,
    sync: "synced",
    validity: { state: "live", date: null, days: null, shown: true },
    problem: null,
    conflicts: [],
    upload: null,
    receipt: null,
    ...rest,
  };
}

/** A photo that was chosen and is sent as it is. */
export function chosenPhoto(hash: string, name: string, width: number, height: number, bytes: number): StagedPhoto {
  const chosen = { hash, name, width, height, bytes };
  return { ...chosen, contentType: "image/jpeg", source: { chosen, crop: null, advice: [] } };
}
