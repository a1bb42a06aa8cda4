import { describe, expect, it, vi } from "vitest";

import { offer } from "../../tests/offers";
import { foldAhead, matches, Search, searchTerms } from "./search";

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

describe("a search of formatted details", () => {
  const words = (details_html: string, query: string, details_text = "") =>
    matches(offer(1, { details_html, details_text }), searchTerms(query));

  it.each([
    ["<ul><li>Sauna</li><li>Late <b>check-out</b></li></ul>", "sauna late check-out"],
    ["<p>Tea &amp; caf&eacute;&nbsp;au lait</p>", "& cafe au"],
    ["<p>Under 20&#8364; &lt;&#x32;", "20€ <2"],
    ["<p>A <b>wee</b>kend</p>", "weekend"],
    ["<p>Tea</p><p>Cake</p>", "tea cake"],
  ])("in %j finds %j", (html, query) => {
    expect(words(html, query)).toBe(true);
    expect(words(html, query, "Something else")).toBe(true);
  });

  it.each([
    ["<p class='sauna'>Tea</p>", "sauna"],
    ["<script>sauna()</script><style>p{color:tea}</style>", "tea"],
    ["<p>Tea</p><p>Cake</p>", "teacake"],
    ["<p>Tea</p>", "p"],
    ["<p>One&nbsp;two</p>", "nbsp"],
    ["<p>&unheard; &#x110000;</p>", "sauna"],
  ])("in %j does not find %j", (html, query) => {
    expect(words(html, query)).toBe(false);
  });

  it("keeps words that both kinds of details have once", () => {
    const folded = vi.spyOn(String.prototype, "normalize");
    words("<p>Two <b>nights</b>, breakfast</p><p>Tea</p>", "tea", "Two nights, breakfast\n\nTea");
    expect(folded.mock.contexts.filter((text) => /Tea[^]*Tea/.test(String(text)))).toEqual([]);
    expect(folded.mock.contexts.filter((text) => /Tea/.test(String(text)))).toHaveLength(1);
  });
});

describe("a search that is typed", () => {
  const words = ["Spa", "Café", "lake", "week", "weekend", "Offer 7", "Offer 77", "wine"];
  const list = Array.from({ length: 200 }, (_, n) =>
    offer(n + 1, { title: `${words[n % 8]} ${words[(n * 3) % 7]}`, details_text: words[(n * 5) % 8] ?? "" }),
  );
  const plain = (among: typeof list, query: string) => among.filter((one) => matches(one, searchTerms(query)));

  it("finds at each letter what a search of the whole list finds, on and back, and after the list has changed", () => {
    const search = new Search();
    const typed = ["week", "weekend lake", "offer 77", "  cafe\u0301 w", "zzz", "wine"].flatMap((query) => {
      const on = Array.from(query, (_, at) => query.slice(0, at + 1));
      return [...on, ...on.toReversed(), "", query];
    });
    for (const [at, query] of typed.entries()) {
      const among = at % 5 === 4 ? list.slice(at % 50) : list;
      expect(search.find(among, query)).toEqual(plain(among, query));
    }
  });

  it("looks for a longer word only in what a shorter one has found", () => {
    const search = new Search();
    const found = search.find(list, "week").length;
    const looked = vi.spyOn(String.prototype, "includes");
    search.find(list, "weekend");
    expect(looked).toHaveBeenCalledTimes(found);
    looked.mockRestore();
    expect(found).toBeLessThan(list.length);
  });

  it("answers with the same array while it holds the same offers", () => {
    const search = new Search();
    expect(search.find(list, " ")).toBe(list);
    const found = search.find(list, "wee");
    expect(search.find(list, "week")).toBe(found);
    expect(search.find(list, "weeke")).not.toBe(found);
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
