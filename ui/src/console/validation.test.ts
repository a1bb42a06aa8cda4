import { describe, expect, it } from "vitest";

import type { OfferFields } from "../backend/bindings";
import { newFields } from "./draft";
import { check, checkChanged, linkRemark } from "./validation";

const good: OfferFields = { ...newFields(), title: "t".repeat(200), short_description: "s", tag: "🎄".repeat(50) };

describe("before a save", () => {
  it("what the server takes is taken, up to each limit", () => {
    expect(
      check({ ...good, valid_from: "2026-12-24", valid_to: "2026-12-24", book_now_url: "not an address" }),
    ).toEqual({});
  });

  it.each<[string, Partial<OfferFields>, string]>([
    ["title", { title: "" }, "Give the offer a title."],
    ["title", { title: "t".repeat(201) }, "At most 200 characters; this has 201."],
    ["short_description", { short_description: "" }, "Describe the offer in a sentence."],
    ["tag", { tag: "x".repeat(51) }, "At most 50 characters; this has 51."],
    ["book_now_url", { book_now_url: "x".repeat(201) }, "At most 200 characters; this has 201."],
    ["valid_to", { valid_from: "2026-12-24", valid_to: "2026-12-23" }, "The end date is before the start date."],
    ["details_text", { details_text: "a\0b" }, "Holds a character that cannot be stored (NUL)."],
  ])("%s speaks at its own field: %j", (field, spoiled, words) => {
    expect(check({ ...good, ...spoiled })).toEqual({ [field]: [words] });
  });
});

describe("before an edit is saved", () => {
  const faulty: OfferFields = { ...good, title: "t".repeat(201), valid_from: "2026-12-24", valid_to: "2026-12-23" };

  it.each<[(keyof OfferFields)[], string[]]>([
    [[], []],
    [["tag", "is_active"], []],
    [["title"], ["title"]],
    [["valid_from"], ["valid_to"]],
    [
      ["valid_to", "title"],
      ["title", "valid_to"],
    ],
  ])("%j answers for %j", (changed, expected) => {
    expect(Object.keys(checkChanged(faulty, changed)).sort()).toEqual(expected);
  });
});

describe("a booking link", () => {
  it.each(["", "https://hotel.example/spa?x=1"])("%j is fine", (link) => {
    expect(linkRemark(link)).toBeNull();
  });

  it.each(["hotel.example", "https://", "https://hotel example/", "https://spa", "http://hotel.example/"])(
    "%j is remarked on",
    (link) => {
      expect(linkRemark(link)).not.toBeNull();
    },
  );
});
