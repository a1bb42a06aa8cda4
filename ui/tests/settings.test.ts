/** The settings: the hotel's time zone and day, and which notifications the system shows. */
import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { MemoryHotel } from "../src/backend/memory";
import { Desk } from "../src/console/desk.svelte";
import { card, lastCall, openConsole, twoOffers } from "./window";

const open = async () => {
  const opened = await openConsole((hotel) => {
    hotel.seed({ title: "Last night", valid_to: "2026-11-22", sort_order: 1 });
    hotel.seed({ title: "Golf & Stay", sort_order: 2 });
  });
  await opened.user.keyboard("{Control>},{/Control}");
  await screen.findByTestId("settings");
  return opened;
};

describe("the hotel's time zone", () => {
  it("is found by a few letters, chosen by Enter, and shown with its clock", async () => {
    const { hotel, user } = await open();
    expect(screen.getByTestId("zone-name")).toHaveTextContent("This computer’s");
    const dialog = within(screen.getByTestId("settings"));
    await user.click(dialog.getByTestId("zone-search"));
    await user.keyboard("auck");
    expect(dialog.getAllByTestId("zone")).toHaveLength(1);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(screen.getByTestId("zone-name")).toHaveTextContent("Auckland, Pacific"));
    expect(lastCall(hotel, "setTimeZone")).toEqual(["Pacific/Auckland"]);
    expect(screen.getByTestId("zone-clock")).toHaveTextContent(/^\d{1,2}:\d\d/);
    expect(dialog.queryAllByTestId("zone"), "the list is gone").toEqual([]);
    expect(document.activeElement, "the keyboard is where it was").toBe(dialog.getByTestId("zone-search"));

    await user.click(dialog.getByTestId("zone-machine"));
    await waitFor(() => expect(screen.getByTestId("zone-name")).toHaveTextContent("This computer’s"));
    expect(lastCall(hotel, "setTimeZone")).toEqual([null]);
  });

  it("that is refused is said, and nothing changes", async () => {
    const { hotel, user } = await open();
    hotel.failNext("setTimeZone", "storage", "The disk is full.");
    await user.type(screen.getByTestId("zone-search"), "kiri{Enter}");
    expect(await screen.findByTestId("settings-error")).toHaveTextContent("The disk is full.");
    expect(screen.getByTestId("zone-name")).toHaveTextContent("This computer’s");
  });

  it("makes another day of it in everything that names one", async () => {
    const { hotel, user } = await open();
    await user.keyboard("{Escape}");
    expect(card("Last night")).toHaveTextContent("Ends tonight");
    hotel.itIs("2026-11-23");
    await waitFor(() => expect(card("Last night")).toHaveTextContent("Ended yesterday"));
    await user.keyboard("{Control>}p{/Control}");
    expect(await screen.findByTestId("desk-sheet")).toHaveTextContent("23 November 2026");
    expect(screen.getByTestId("desk-sheet")).not.toHaveTextContent("Last night");
  });

  it("is the same in every window", async () => {
    const { hotel } = await open();
    await hotel.open("console-2").setTimeZone("America/New_York");
    await waitFor(() => expect(screen.getByTestId("zone-name")).toHaveTextContent("New York, America"));
  });
});

describe("notifications", () => {
  it("that need somebody are on, the rest is off, and a switch changes one", async () => {
    const { hotel, user } = await open();
    const checked = () =>
      ["needsYou", "ending", "others"].map((of) => screen.getByTestId<HTMLInputElement>(`alert-${of}`).checked);
    expect(checked()).toEqual([true, true, false]);
    await user.click(screen.getByTestId("alert-others"));
    await waitFor(() => expect(checked()).toEqual([true, true, true]));
    expect(lastCall(hotel, "setWantedAlerts")).toEqual([{ needsYou: true, ending: true, others: true }]);
  });

  it("that could not be kept switch back, and say why", async () => {
    const { hotel, user } = await open();
    hotel.failNext("setWantedAlerts", "storage", "The disk is full.");
    await user.click(screen.getByTestId("alert-others"));
    expect(await screen.findByTestId("settings-error")).toHaveTextContent("The disk is full.");
    await waitFor(() => expect(screen.getByTestId("alert-others")).not.toBeChecked());
    await user.click(screen.getByTestId("alert-others"));
    await waitFor(() => expect(screen.queryByTestId("settings-error")).toBeNull());
    expect(screen.getByTestId("alert-others")).toBeChecked();
  });

  it("lead to what they were about", async () => {
    const hotel = new MemoryHotel().signedIn();
    twoOffers(hotel);
    const desk = new Desk(hotel.open(), "en-IE");
    await desk.store.start();
    desk.show("hidden");
    desk.showAlert({ type: "offer", key: "2" });
    expect([desk.view, desk.selected, desk.editor?.key]).toEqual(["all", "2", "2"]);
    desk.showAlert({ type: "ending" });
    expect(desk.view).toBe("ending");
    hotel.park("1", "No.");
    desk.showAlert({ type: "attention" });
    expect([desk.view, desk.selected]).toEqual(["attention", "1"]);
  });
});
