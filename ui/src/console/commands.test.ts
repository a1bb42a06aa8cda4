import { expect, it } from "vitest";

import { offer } from "../../tests/offers";
import { found, MOST_OFFERS } from "./commands";

const commands = [
  { id: "new", label: "New offer", keys: "Ctrl+N", run: () => undefined },
  { id: "sheet", label: "Desk sheet", keys: "", run: () => undefined },
];

it("finds offers by title before offers by text, whatever case and accents", () => {
  const offers = [offer(1, { short_description: "with a café" }), offer(2, { title: "CAFE morning" })];
  expect(found(commands, offers, "cafe").offers.map(({ key }) => key)).toEqual(["2", "1"]);
});

it("finds commands by any of their words, and shows all of them for none", () => {
  expect(found(commands, [], "sheet").commands.map(({ id }) => id)).toEqual(["sheet"]);
  expect(found(commands, [offer(1)], "").commands).toHaveLength(2);
  expect(found(commands, [offer(1)], "").offers, "no letters, no offers").toEqual([]);
});

it("shows no more offers than one looks through", () => {
  const many = Array.from({ length: 200 }, (_, id) => offer(id + 1));
  expect(found(commands, many, "offer").offers).toHaveLength(MOST_OFFERS);
});
