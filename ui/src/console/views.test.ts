import { describe, expect, it } from "vitest";

import { offer } from "../../tests/offers";
import type { Validity } from "../backend/bindings";
import { allViews, count, inView, noCounts, type ViewName } from "./views";

const standing = (state: Validity["state"], date: string | null) =>
  offer(1, {}, { validity: { state, date, days: date === null ? null : 8, shown: state !== "hidden" } });

describe("an offer", () => {
  it.each<[string, ReturnType<typeof standing>, ViewName[]]>([
    ["that is over", standing("ended", "2026-11-14"), ["all", "ended", "shown-ended"]],
    ["that is over and hidden", standing("hidden", "2026-11-14"), ["all", "ended", "hidden"]],
    ["that is hidden and not over", standing("hidden", null), ["all", "hidden"]],
    ["that ends soon", standing("ending", "2026-11-30"), ["all", "live", "ending"]],
    ["that starts later", standing("scheduled", "2026-11-30"), ["all", "scheduled"]],
    ["without end", standing("live", null), ["all", "live"]],
  ])("%s is in its views, and counted there", (_, one, views) => {
    const names = allViews.map(({ name }) => name);
    expect(names.filter((name) => inView(one, name))).toEqual(views);
    const counts = noCounts();
    count(counts, one, 1);
    expect(names.filter((name) => counts[name] === 1)).toEqual(views);
  });
});
