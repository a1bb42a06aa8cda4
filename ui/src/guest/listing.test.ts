import { describe, expect, it } from "vitest";

import { applyEvent, applyReading, EMPTY, type Listing, settle, type Step } from "./listing";
import { type Json, readOffer, type Surroundings } from "./offers";

const HERE: Surroundings = { api: "https://hotel.example/api/", encrypted: true };
const NOW = 1_000_000;

/** An offer as staff see it, whose number is its place: 3 is created third. */
const whole = (id: number, fields: Json = {}): Json => ({
  id,
  title: `Offer ${id}`,
  short_description: "d",
  details_text: "for staff only",
  details_html: "",
  valid_from: null,
  valid_to: null,
  tag: "",
  book_now_url: "",
  photo: "image/1.jpg",
  photo_url: `https://pictures.example/${id}.jpg`,
  sort_order: id * 10,
  is_active: true,
  created_at: `2026-11-0${id}T09:00:00.5Z`,
  ...fields,
});

const guest = (id: number, fields: Json = {}) => {
  const offer = readOffer(whole(id, fields), HERE);
  if (!offer) throw new Error("a good offer");
  return offer;
};

/** When events are old news. */
const LATER = NOW + 600_000;

const read = (listing: Listing, ...ids: number[]): Step =>
  applyReading(
    listing,
    ids.map((id) => guest(id)),
    listing.events,
    LATER,
  );

/** A page that was read, of which nothing but the order is known. */
const page = (...ids: number[]): Listing => read(EMPTY, ...ids).listing;

const event = (listing: Listing, name: string, data: unknown, at = NOW): Step =>
  applyEvent(listing, { name, data, at }, HERE);
const created = (listing: Listing, offer: Json): Step => event(listing, "offer-created", { offer, action: "created" });
const updated = (listing: Listing, offer: Json): Step => event(listing, "offer-updated", { offer, action: "updated" });
const deleted = (listing: Listing, id: number): Step =>
  event(listing, "offer-deleted", { offer_id: id, offer_title: "x", action: "deleted" });

const ids = ({ offers }: Listing): number[] => offers.map((offer) => offer.id);
const offerOf = (listing: Listing, id: number) => listing.offers.find((offer) => offer.id === id);
/** A page whose every place is known, as after an event about each. */
const known = (...numbers: number[]): Listing =>
  numbers.reduce((listing, id) => updated(listing, whole(id)).listing, page(...numbers));

describe("a new offer", () => {
  it("takes its place among offers whose places are known", () => {
    const step = created(known(1, 2, 4), whole(3));
    expect(ids(step.listing)).toEqual([1, 2, 3, 4]);
    expect(step.need).toBe("none");
  });

  it("that comes first of all and is the newest is on top, whatever is known of the others", () => {
    const step = created(page(1, 2), whole(9, { sort_order: 0 }));
    expect(ids(step.listing)).toEqual([9, 1, 2]);
    expect(step.need).toBe("none");
  });

  it("whose place nobody can know waits for a reading, and then stands where that says", () => {
    const step = created(page(1, 2, 4), whole(3));
    expect(ids(step.listing)).toEqual([1, 2, 4]);
    expect(step.need).toBe("now");
    expect(ids(read(step.listing, 1, 2, 3, 4).listing)).toEqual([1, 2, 3, 4]);
  });

  it("whose reading fails is shown all the same, after what certainly stands before it", () => {
    const listing = updated(page(1, 2, 4), whole(2)).listing;
    expect(ids(settle(created(listing, whole(3)).listing))).toEqual([1, 2, 3, 4]);
  });

  it("that is hidden is not shown", () => {
    const before = page(1);
    const step = created(before, whole(2, { is_active: false }));
    expect(step.listing.offers).toBe(before.offers);
    expect(step.need).toBe("none");
  });
});

describe("a creation that comes late", () => {
  it("does not show what was hidden before it came, and asks for a reading", () => {
    const hidden = updated(known(1, 2), whole(3, { is_active: false })).listing;
    const late = created(hidden, whole(3));
    expect(ids(late.listing)).toEqual([1, 2]);
    expect(late.listing.waiting).toEqual([]);
    expect(late.need).toBe("now");
    expect(event(late.listing, "offers-updated", {}, NOW + 50).need).toBe("leisure");
  });

  it("does not take back what has been changed since, listed or waiting", () => {
    const changed = updated(known(1, 2, 4), whole(3, { title: "Changed" })).listing;
    const late = created(changed, whole(3));
    expect(offerOf(late.listing, 3)?.title).toBe("Changed");
    expect(late.need).toBe("now");
    const waiting = updated(page(1, 2, 4), whole(3, { title: "Changed" })).listing;
    expect(created(waiting, whole(3)).listing.waiting[0]?.title).toBe("Changed");
    const read = page(1, 2, 3);
    expect(created(read, whole(3, { title: "At first" })).listing.offers).toBe(read.offers);
  });
});

describe("a change", () => {
  it("touches its own offer and leaves the others the same objects", () => {
    const before = known(1, 2, 3);
    const after = updated(before, whole(2, { title: "New" })).listing;
    expect(offerOf(after, 2)?.title).toBe("New");
    expect(offerOf(after, 1)).toBe(offerOf(before, 1));
    expect(offerOf(after, 3)).toBe(offerOf(before, 3));
  });

  it("of the order moves it, newest first where the order is the same", () => {
    expect(ids(updated(known(1, 2, 3), whole(1, { sort_order: 25 })).listing)).toEqual([2, 1, 3]);
    expect(ids(updated(known(1, 2, 3), whole(1, { sort_order: 30 })).listing)).toEqual([2, 3, 1]);
    expect(ids(updated(known(1, 2, 3), whole(3, { sort_order: 10 })).listing)).toEqual([3, 1, 2]);
  });

  it("of the order that cannot be placed stays and asks for a reading", () => {
    const step = updated(page(1, 2, 3), whole(3, { sort_order: 5 }));
    expect(ids(step.listing)).toEqual([1, 2, 3]);
    expect(step.need).toBe("now");
  });

  it("hides, and shows again in its place", () => {
    const hidden = updated(known(1, 2, 3), whole(2, { is_active: false })).listing;
    expect(ids(hidden)).toEqual([1, 3]);
    expect(ids(updated(hidden, whole(2)).listing)).toEqual([1, 2, 3]);
  });

  it("takes no field that guests must not see", () => {
    const after = updated(page(1), whole(1, { title: "New" })).listing;
    expect(JSON.stringify(after.offers)).not.toContain("staff");
    expect(Object.keys(offerOf(after, 1) ?? {}).sort()).toEqual(
      ["id", "title", "text", "details", "from", "to", "tag", "book", "photo", "photoVersion"].sort(),
    );
  });

  it("that cannot be read changes nothing and asks for a reading", () => {
    const before = page(1, 2);
    for (const data of [null, "x", {}, { offer: { id: "1" } }, { offer: whole(1, { title: null }) }]) {
      const step = event(before, "offer-updated", data);
      expect(step).toEqual({ listing: before, need: "now" });
    }
    const { is_active: _, ...unsaid } = whole(1);
    expect(event(before, "offer-created", { offer: unsaid }).need).toBe("now");
  });
});

describe("a deletion", () => {
  it("takes the offer away, also while it waits for its place", () => {
    expect(ids(deleted(page(1, 2), 1).listing)).toEqual([2]);
    const waiting = created(page(1, 2, 4), whole(3)).listing;
    expect(settle(deleted(waiting, 3).listing).offers).toHaveLength(3);
  });

  it("is not undone by an event that comes late, but by a reading long afterwards", () => {
    const gone = deleted(page(1, 2), 1).listing;
    const late = updated(gone, whole(1));
    expect(ids(late.listing)).toEqual([2]);
    expect(late.need).toBe("now");
    expect(ids(read(gone, 1, 2).listing)).toEqual([1, 2]);
  });
});

describe("a picture", () => {
  const image = (listing: Listing, photo_url: string, more: Json = {}, at = NOW) =>
    event(listing, "offer-image-updated", { offer_id: 1, photo_url, action: "image-updated", ...more }, at);

  it("under a new address is that address", () => {
    const after = offerOf(image(page(1), "https://pictures.example/new.jpg").listing, 1);
    expect(after).toMatchObject({ photo: "https://pictures.example/new.jpg", photoVersion: "" });
  });

  it("under the same address is asked for anew, and stays so when the page is read", () => {
    const after = image(page(1), "http://pictures.example/1.jpg", {}, 77).listing;
    expect(offerOf(after, 1)).toMatchObject({ photo: "https://pictures.example/1.jpg", photoVersion: "77" });
    expect(offerOf(read(after, 1).listing, 1)).toBe(offerOf(after, 1));
    expect(offerOf(updated(after, whole(1, { title: "New" })).listing, 1)?.photoVersion).toBe("77");
  });

  it("that is told of twice with its time is the same", () => {
    const told = { timestamp: "2026-11-22T10:00:00Z" };
    const once = image(page(1), "https://pictures.example/1.jpg", told).listing;
    expect(image(once, "https://pictures.example/1.jpg", told, NOW + 9).listing.offers).toBe(once.offers);
  });

  it("of an offer that is not shown changes nothing; without an address it asks for a reading", () => {
    const before = page(2);
    expect(image(before, "https://pictures.example/1.jpg").listing.offers).toBe(before.offers);
    expect(image(page(1), "").need).toBe("now");
  });
});

describe("the same again, and the rest of the channel", () => {
  it("an event that comes twice changes nothing", () => {
    const once = created(known(1, 2), whole(3)).listing;
    expect(created(once, whole(3)).listing.offers).toBe(once.offers);
    expect(updated(once, whole(3)).listing.offers).toBe(once.offers);
    const gone = deleted(once, 1).listing;
    expect(deleted(gone, 1).listing.offers).toBe(gone.offers);
  });

  it("events of other apps are not looked at", () => {
    const before = page(1);
    for (const name of ["new-booking", "offer-archived", "toString", "pusher:error"])
      expect(event(before, name, { offer: whole(2) })).toEqual({ listing: before, need: "none" });
  });

  it("a reading that finds nothing new changes nothing", () => {
    const before = known(1, 2, 3);
    expect(read(before, 1, 2, 3).listing.offers).toBe(before.offers);
  });
});

describe("offers-updated", () => {
  it("after its partner is a second look, alone it tells of an event that was lost", () => {
    const heard = updated(page(1), whole(1)).listing;
    const pair = event(heard, "offers-updated", { action: "sync" }, NOW + 50);
    expect(pair.need).toBe("leisure");
    expect(event(pair.listing, "offers-updated", { action: "sync" }, NOW + 60).need).toBe("now");
  });

  it("long after a specific event is no partner of it", () => {
    const heard = updated(page(1), whole(1)).listing;
    expect(event(heard, "offers-updated", {}, NOW + 6_000).need).toBe("now");
  });
});

describe("a reading", () => {
  it("is the truth: what it lists is shown in its order, and nothing else", () => {
    expect(ids(read(known(1, 2, 3), 3, 1, 4).listing)).toEqual([3, 1, 4]);
  });

  it("does not undo what an event said while it was on its way, and asks for another", () => {
    const before = known(1, 2, 3, 4);
    const changed = updated(before, whole(1, { title: "Changed meanwhile" })).listing;
    const hidden = updated(changed, whole(2, { is_active: false })).listing;
    const added = created(deleted(hidden, 3).listing, whole(5)).listing;
    const old = [1, 2, 3, 4].map((id) => guest(id));
    const step = applyReading(added, old, before.events, NOW);
    expect(ids(step.listing)).toEqual([1, 4, 5]);
    expect(offerOf(step.listing, 1)?.title).toBe("Changed meanwhile");
    expect(step.need).toBe("now");
  });

  it("that contradicts the known places forgets them", () => {
    const turned = read(known(1, 2), 2, 1).listing;
    const step = created(turned, whole(3));
    expect(ids(step.listing)).toEqual([2, 1]);
    expect(step.need).toBe("now");
  });
});

describe("a reading of an old copy of the page", () => {
  const again = (listing: Listing, offers: ReturnType<typeof guest>[], at: number): Step =>
    applyReading(listing, offers, listing.events, at);

  it.each<[string, (listing: Listing) => Step, number[]]>([
    ["a hidden offer", (listing) => updated(listing, whole(2, { is_active: false })), [1, 3]],
    ["a deleted offer", (listing) => deleted(listing, 2), [1, 3]],
    ["a new offer", (listing) => created(listing, whole(4)), [1, 2, 3, 4]],
    ["an offer that was shown again", (listing) => updated(listing, whole(4)), [1, 2, 3, 4]],
  ])("does not undo what an event has said of %s a moment ago, and is told apart", (_, change, expected) => {
    const old = [1, 2, 3].map((id) => guest(id));
    const before = change(known(1, 2, 3)).listing;
    const step = again(before, old, NOW + 9_000);
    expect(ids(step.listing)).toEqual(expected);
    expect(step).toMatchObject({ need: "none", doubt: 9_000 });
    const second = again(step.listing, old, NOW + 60_000);
    expect(ids(second.listing)).toEqual(expected);
    expect(second.doubt).toBe(60_000);
    const believed = again(second.listing, old, NOW + 240_000);
    expect(ids(believed.listing)).toEqual([1, 2, 3]);
    expect(believed.doubt).toBeUndefined();
  });

  it("does not bring back an earlier text or picture, whichever of them it has", () => {
    const once = updated(known(1, 2), whole(1, { title: "Second" })).listing;
    const twice = updated(once, whole(1, { title: "Third", photo_url: "https://pictures.example/n.jpg" })).listing;
    for (const old of [guest(1), guest(1, { title: "Second" })]) {
      const step = again(twice, [old, guest(2)], NOW + 9_000);
      expect(step.listing.offers).toEqual(twice.offers);
      expect(step.doubt).toBe(9_000);
    }
  });

  it("is none where it says what nobody has seen yet: then events were missed", () => {
    const before = updated(known(1, 2), whole(1, { title: "Second" })).listing;
    const step = again(before, [guest(1, { title: "Third" }), guest(2)], NOW + 9_000);
    expect(offerOf(step.listing, 1)?.title).toBe("Third");
    expect(step.doubt).toBeUndefined();
  });

  it("is none once the event was confirmed: what changes back later is believed", () => {
    const hidden = updated(known(1, 2), whole(2, { is_active: false })).listing;
    const confirmed = again(hidden, [guest(1)], NOW + 5_000).listing;
    expect(ids(again(confirmed, [guest(1), guest(2)], NOW + 9_000).listing)).toEqual([1, 2]);
  });

  it("keeps no newcomer waiting whose place it does not tell", () => {
    const waiting = created(page(1, 2, 4), whole(3)).listing;
    const step = again(
      waiting,
      [1, 2, 4].map((id) => guest(id)),
      NOW + 1_000,
    );
    expect(ids(step.listing)).toContain(3);
    expect(step.doubt).toBe(1_000);
  });

  it("does not shake a clock that was set back", () => {
    const hidden = updated(known(1, 2), whole(2, { is_active: false })).listing;
    expect(ids(again(hidden, [guest(1), guest(2)], NOW - 3_600_000).listing)).toEqual([1, 2]);
  });
});
