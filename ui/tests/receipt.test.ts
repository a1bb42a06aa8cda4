/** What the console says about the page that guests see, after a save. */
import { screen, within } from "@testing-library/svelte";
import { expect, it } from "vitest";

import { receiptWords } from "../src/console/words";
import { card, openConsole, retype } from "./window";

const NOW = new Date(2026, 10, 22, 14, 7).getTime();
const at = new Date(2026, 10, 22, 14, 5).getTime();

it("a receipt says what guests see, and when that was looked at", () => {
  const words = (receipt: Parameters<typeof receiptWords>[0], shown = true) =>
    receiptWords(receipt, shown, NOW, "en-IE");
  const old = { what: "field", field: "title", guests: "Golf", old: true } as const;
  expect(words(null)).toBe("");
  expect(words({ state: "awaited" })).toBe("Looking up what guests see…");
  expect(words({ state: "seen", at })).toBe("Guests see it · 14:05");
  expect(words({ state: "seen", at }, false)).toBe("Guests do not see it · 14:05");
  expect(words({ state: "differs", at, differences: [old] })).toBe("Guests still see the old title · 14:05");
  expect(words({ state: "differs", at, differences: [{ ...old, old: false }] })).toBe(
    "Guests see another title · 14:05",
  );
  expect(words({ state: "differs", at, differences: [{ what: "missing" }] })).toBe("Guests do not see it yet · 14:05");
  expect(words({ state: "differs", at, differences: [{ what: "still-there" }] }, false)).toBe(
    "Guests still see it · 14:05",
  );
  expect(words({ state: "differs", at, differences: [old, { what: "photo" }, { what: "place" }] })).toBe(
    "Guests still see the old title and 2 more differences · 14:05",
  );
});

it("the editor says it after a save, the card only while guests see something else", async () => {
  const { hotel, user } = await openConsole();
  await user.click(within(card("Spa weekend")).getByTestId("offer-edit"));
  await retype(user, "title", "Spa days");
  await user.click(screen.getByTestId("save"));
  hotel.settle();
  hotel.look("1", { state: "awaited" });
  expect(await screen.findByTestId("receipt")).toHaveTextContent("Looking up what guests see…");
  expect(screen.queryByTestId("offer-receipt")).toBeNull();

  const differences = [{ what: "field", field: "title", guests: "Spa weekend", old: true } as const];
  hotel.look("1", { state: "differs", at: Date.now(), differences });
  expect(await within(card("Spa days")).findByTestId("offer-receipt")).toHaveTextContent(
    "Guests still see the old title",
  );
  hotel.look("1", { state: "seen", at: Date.now() });
  await expect.poll(() => screen.getByTestId("receipt").textContent).toMatch(/^Guests see it/);
  expect(screen.queryByTestId("offer-receipt")).toBeNull();
});

it("Ctrl+G and the palette open the preview", async () => {
  const { hotel, user } = await openConsole();
  await user.keyboard("{Control>}g{/Control}");
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByTestId("palette-input"), "guests see");
  await screen.findByText("What guests see: preview");
  await user.keyboard("{Enter}");
  expect(hotel.calls.filter(({ method }) => method === "openPreviewWindow")).toHaveLength(2);
});

it("a row of the table says it beside the state", async () => {
  const { hotel, user } = await openConsole();
  await user.keyboard("{Control>}2{/Control}");
  await screen.findByTestId("mark-all");
  hotel.look("1", { state: "seen", at: Date.now() });
  expect(await within(card("Spa weekend")).findByTestId("offer-receipt")).toHaveTextContent(/^Guests see it/);
  hotel.look("1", { state: "differs", at: Date.now(), differences: [{ what: "photo" }] });
  await expect
    .poll(() => within(card("Spa weekend")).getByTestId("offer-receipt").textContent)
    .toMatch(/^Guests do not see this photo yet/);
  expect(within(card("Golf & Stay")).queryByTestId("offer-receipt")).toBeNull();
});
