import { describe, expect, it } from "vitest";

import { offer } from "../../tests/offers";
import { matches, searchTerms } from "./search";

const café = offer(1, {
  title: "Café & Cáké",
  tag: "Food",
  short_description: "Afternoon tea",
  details_text: "By the lake",
});

describe("search", () => {
  it.each(["", "cafe", "CAKE tea", "food", "lake afternoon", "  tea  "])("%j finds it", (query) => {
    expect(matches(café, searchTerms(query))).toBe(true);
  });

  it.each(["spa", "cafe spa"])("%j does not", (query) => {
    expect(matches(café, searchTerms(query))).toBe(false);
  });
});
