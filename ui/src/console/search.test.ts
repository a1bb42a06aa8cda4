import { describe, expect, it, vi } from "vitest";

import { offer } from "../../tests/offers";
import { foldAhead, matches, searchTerms } from "./search";

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

describe("what is folded ahead", () => {
  const offers = () =>
    Array.from({ length: 3_000 }, (_, n) => offer(n + 1, { details_text: "Café by the lake. ".repeat(20) }));

  it("is not folded by whoever searches", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const all = offers();
    foldAhead(all);
    vi.runAllTimers();
    const terms = searchTerms("lake");
    const normalize = vi.spyOn(String.prototype, "normalize");
    expect(all.filter((one) => matches(one, terms))).toHaveLength(all.length);
    expect(normalize).not.toHaveBeenCalled();
    vi.useRealTimers();
  });

  it("is folded in parts, until it is stopped", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (now += 0.01));
    const normalize = vi.spyOn(String.prototype, "normalize");
    const stop = foldAhead(offers());
    vi.runOnlyPendingTimers();
    const folded = normalize.mock.calls.length;
    expect(folded).toBeGreaterThan(0);
    expect(folded).toBeLessThan(3_000);
    stop();
    vi.runAllTimers();
    expect(normalize).toHaveBeenCalledTimes(folded);
    vi.useRealTimers();
  });
});
