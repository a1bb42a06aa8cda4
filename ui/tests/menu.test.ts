/** The menu of the window: the program names commands, the page does them. */
import { readFileSync } from "node:fs";

import { screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { MemoryHotel } from "../src/backend/memory";
import { fromMenu } from "../src/console/commands";
import { Desk } from "../src/console/desk.svelte";
import { openConsole, twoOffers } from "./window";

/** The names of the items, from the program's source. */
const source = readFileSync("../src-tauri/src/menu.rs", "utf8");
const items = [...source.matchAll(/\("([a-z-]+)", "/g)].map(([, name]) => name ?? "");

describe("the menu", () => {
  it("has no item that the page does not know", async () => {
    const hotel = new MemoryHotel().signedIn();
    twoOffers(hotel);
    const desk = new Desk(hotel.open(), "en-IE");
    await desk.store.start();
    const [offer] = desk.store.offers;
    desk.edit(offer?.key ?? "none");
    expect(items.length).toBeGreaterThan(20);
    expect(items.filter((name) => fromMenu(desk, () => undefined, name) === null)).toEqual([]);
  });

  it("does what is chosen, and nothing while a dialog is open", async () => {
    const { hotel } = await openConsole();
    hotel.chooseFromMenu("table");
    await screen.findByTestId("mark-all");
    hotel.chooseFromMenu("go");
    await screen.findByTestId("palette");
    hotel.chooseFromMenu("keys");
    await waitFor(() => expect(screen.queryByTestId("keys")).toBeNull());
  });
});
