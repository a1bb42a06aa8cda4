/** The menu of the window: the program names commands, the page does them. */
import { readFileSync } from "node:fs";

import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { MemoryHotel } from "../src/backend/memory";
import { menuItems } from "../src/console/commands";
import { Desk } from "../src/console/desk.svelte";
import { keysOfOneOffer, keyTable, notInFields, pressWords } from "../src/console/keys";
import { card, lastCall, openConsole, titleOf, twoOffers } from "./window";

/** The names of the items, from the program's source. */
const source = readFileSync("../src-tauri/src/menu.rs", "utf8");
const items = [...source.matchAll(/\("([a-z-]+)", "/g)].map(([, name]) => name ?? "");
/** Those that the program does itself have names that it knows. */
const ownKeys = [...source.matchAll(/\([A-Z]+, "[^"]+", "([^"]+)"\)/g)].map(([, keys]) => keys);
const menuKeys = [...source.matchAll(/\("([a-z-]+)", "[^"]+", "([^"]+)"\)/g)].map(([, name, keys]) => [name, keys]);
/** An accelerator is named after the key as it is without Shift. */
const asShown = (keys = "") => keys.replace("CmdOrCtrl", "Ctrl").replace(/=$/, "+");

describe("the menu", () => {
  it("has no item that the page does not know", async () => {
    const hotel = new MemoryHotel().signedIn();
    twoOffers(hotel);
    const desk = new Desk(hotel.open(), "en-IE");
    await desk.store.start();
    const [offer] = desk.store.offers;
    desk.edit(offer?.key ?? "none");
    expect(items.length).toBeGreaterThan(20);
    const known = menuItems(desk, () => undefined, offer?.key ?? null);
    expect(items.filter((name) => !known.has(name))).toEqual([]);
  });

  it("names the keys that the page takes for the same", () => {
    expect(menuKeys.length).toBeGreaterThan(15);
    const shown = new Map(
      keyTable.flatMap((row) => ("does" in row ? [[row.does as string, pressWords(row.press)]] : [])),
    );
    expect(menuKeys.map(([name, keys]) => [name, asShown(keys)])).toEqual(
      menuKeys.map(([name = ""]) => [name, shown.get(name)]),
    );
  });

  it("leaves to the page what means something else where text is typed: its keys come first", () => {
    expect(items.filter((name) => notInFields.some((one) => one === name))).toEqual(["offer-window"]);
    expect(menuKeys.filter(([name]) => notInFields.some((one) => one === name))).toEqual([]);
  });

  it("of a window of one offer has what that window's keys do", () => {
    const [, names = ""] = /OF_ONE_OFFER: &\[&str\] = &\[([^\]]+)\]/.exec(source) ?? [];
    const inMenu = [...names.matchAll(/"([a-z-]+)"/g)].map(([, name]) => name);
    expect(inMenu).toEqual(keysOfOneOffer.filter((name) => name !== "close"));
    expect(inMenu.filter((name = "") => !items.includes(name))).toEqual([]);
  });

  it("closes the window and ends the program by keys that F1 shows, whatever the page does", () => {
    const shown = keyTable.flatMap((row) => ("at" in row && row.at === "menu" ? [row.shown] : []));
    expect(ownKeys.map(asShown)).toEqual(["Ctrl+W", "Ctrl+Q"]);
    expect(shown).toEqual(ownKeys.map(asShown));
    // Of the system's own kind, which Linux shows and does not do.
    const systems = [...source.matchAll(/#\[cfg\(target_os = "macos"\)\]\s+let \w+ = [^;]+;/g)].join("");
    expect(systems).toContain("quit_with_text");
    expect(source.match(/\.(quit|close_window)\w*\(/g)).toEqual(systems.match(/\.(quit|close_window)\w*\(/g));
  });

  it("offers what makes sense now, and nothing while a dialog is open or nobody is signed in", async () => {
    const { hotel, user } = await openConsole();
    const offers = (...names: string[]) =>
      waitFor(() => expect(hotel.outside.menu).toEqual(expect.arrayContaining(names)));
    const lacks = (...names: string[]) =>
      waitFor(() => expect(hotel.outside.menu).not.toEqual(expect.arrayContaining(names)));

    await offers("new", "go", "sign-out");
    await lacks("edit");
    await lacks("save");
    await user.click(within(card("Spa weekend")).getByText("Spa weekend"));
    await offers("edit", "duplicate", "delete", "history");
    await user.keyboard("{Enter}");
    await screen.findByTestId("editor");
    await offers("save");
    await user.keyboard("{F1}");
    await waitFor(() => expect(hotel.outside.menu).toEqual([]));
    await user.keyboard("{Escape}");
    await offers("save");
    hotel.outside.chooseFromMenu("sign-out");
    await screen.findByTestId("signin");
    expect(hotel.outside.menu).toEqual([]);
  });

  it("is about the offer that has the focus, as keys are, though another one is being edited", async () => {
    const { hotel, user } = await openConsole();
    titleOf("Spa weekend").focus();
    await user.keyboard("{Enter}");
    await user.type(await screen.findByTestId("field-title"), "!");
    titleOf("Golf & Stay").focus();
    hotel.outside.chooseFromMenu("delete");
    expect(await screen.findByText('Delete "Golf & Stay"?')).toBeVisible();
    await user.click(screen.getByTestId("confirm-cancel"));
    await waitFor(() => expect(screen.queryByTestId("confirm-cancel")).toBeNull());

    titleOf("Golf & Stay").focus();
    hotel.outside.chooseFromMenu("offer-window");
    expect(lastCall(hotel, "openOfferWindow")).toEqual(["2"]);
    hotel.outside.chooseFromMenu("history");
    expect(await screen.findByText(/First seen here: “Golf & Stay”/)).toBeVisible();
    titleOf("Golf & Stay").focus();
    hotel.outside.chooseFromMenu("edit");
    await user.click(await screen.findByTestId("confirm-yes"));
    await waitFor(() => expect(screen.getByTestId("field-title")).toHaveValue("Golf & Stay"));
  });

  it("does what is chosen, and nothing while a dialog is open", async () => {
    const { hotel } = await openConsole();
    hotel.outside.chooseFromMenu("table");
    await screen.findByTestId("mark-all");
    hotel.outside.chooseFromMenu("go");
    await screen.findByTestId("palette");
    hotel.outside.chooseFromMenu("keys");
    await waitFor(() => expect(screen.queryByTestId("keys")).toBeNull());
  });
});
