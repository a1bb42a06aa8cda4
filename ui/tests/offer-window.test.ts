/** One offer in a window of its own. */
import { cleanup, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { MemoryHotel } from "../src/backend/memory";
import App from "../src/console/App.svelte";
import { card, field, lastCall, openConsole, titleOf } from "./window";

const five = (hotel: MemoryHotel) => {
  for (const [at, title] of ["One", "Two", "Three", "Four", "Five"].entries()) {
    hotel.seed({ title, short_description: "d", sort_order: at });
  }
};

describe("a window of one offer", () => {
  /** Such a window on the second of five offers. */
  async function alone() {
    const hotel = new MemoryHotel().signedIn();
    five(hotel);
    const backend = hotel.open("offer-2", "2");
    render(App, { backend, locale: "en-IE" });
    await screen.findByTestId("editor");
    const closed = () => waitFor(() => expect(lastCall(hotel, "closeOfferWindow")).toEqual([]));
    return { hotel, user: userEvent.setup(), closed };
  }

  it("opens on a double click, by keys and from the palette", async () => {
    const { hotel, user } = await openConsole(five);
    const opened = () => hotel.calls.filter(({ method }) => method === "openOfferWindow").map(({ args }) => args[0]);
    await user.dblClick(titleOf("Two"));
    expect(opened()).toEqual(["2"]);
    await user.dblClick(within(card("Two")).getByTestId("offer-mark"));
    expect(opened(), "a box that is ticked twice").toEqual(["2"]);
    await user.click(titleOf("Four"));
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(opened()).toEqual(["2", "4"]);
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByTestId("palette-input"), "window of");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(opened()).toEqual(["2", "4", "4"]));
  });

  it("shows that offer alone, is called by its title, and saves", async () => {
    const { hotel, user } = await alone();
    expect(screen.queryByTestId("offer-list")).toBeNull();
    expect(screen.getByTestId("connection")).toHaveAttribute("data-state", "live");
    await waitFor(() => expect(document.title).toBe("Two · Hotel Killarney"));
    await user.clear(field("title"));
    await user.type(field("title"), "Two nights");
    expect(document.title).toBe("Two nights · Hotel Killarney");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() =>
      expect(lastCall(hotel, "updateOffer")?.[1]).toEqual({ title: { before: "Two", after: "Two nights" } }),
    );
    expect(lastCall(hotel, "closeOfferWindow")).toBeUndefined();
  });

  it("has a menu that does what makes sense in it", async () => {
    const { hotel, user } = await alone();
    await waitFor(() => expect(hotel.outside.menu).toEqual(expect.arrayContaining(["save", "history", "settings"])));
    expect(hotel.outside.menu.filter((name) => ["new", "search", "go", "sign-out"].includes(name))).toEqual([]);
    await user.clear(field("title"));
    await user.type(field("title"), "Two nights");
    hotel.outside.chooseFromMenu("save");
    await waitFor(() => expect(lastCall(hotel, "updateOffer")?.[0]).toBe("2"));
    hotel.outside.chooseFromMenu("keys");
    await screen.findByTestId("keys");
    await waitFor(() => expect(hotel.outside.menu).toEqual([]));
  });

  it("is told of its own offer, and of no other", async () => {
    const { hotel } = await alone();
    hotel.elsewhere.create({ title: "Six", short_description: "d" });
    hotel.elsewhere.change("2", { title: "Two more" });
    await waitFor(() => expect(field("title")).toHaveValue("Two more"));
    expect(screen.queryByTestId("toast")).toBeNull();
  });

  it("lists with F1 the keys that work there, and no others", async () => {
    const { user } = await alone();
    await user.keyboard("{F1}");
    const keys = within(await screen.findByTestId("keys"));
    for (const there of ["Ctrl+S", "Ctrl+H", "Ctrl+Shift+A", "Ctrl+B, Ctrl+I", "Esc"])
      expect(keys.getByText(there)).toBeVisible();
    for (const absent of ["Ctrl+K", "Ctrl+F", "Ctrl+N", "Ctrl+1", "Ctrl+A", "Arrows", "Left, Right"])
      expect(keys.queryByText(absent)).toBeNull();
    expect(keys.queryByText("In the list")).toBeNull();
  });

  it("closes with its editor, after a question where something would be lost", async () => {
    const { hotel, user, closed } = await alone();
    await user.type(field("tag"), "Half typed");
    await user.keyboard("{Escape}");
    await user.click(await screen.findByTestId("confirm-yes"));
    await closed();
    expect(lastCall(hotel, "updateOffer")).toBeUndefined();
  });

  it("has back what was typed about its offer in a window that was closed", async () => {
    const first = await alone();
    await first.user.clear(field("tag"));
    await first.user.type(field("tag"), "Half typed");
    window.dispatchEvent(new Event("blur"));
    cleanup();
    render(App, { backend: first.hotel.open("offer-2", "2"), locale: "en-IE" });
    await screen.findByTestId("draft-restored");
    expect(field("tag")).toHaveValue("Half typed");
  });

  it("closes when its offer is deleted, but keeps what was typed", async () => {
    const { hotel, user, closed } = await alone();
    await user.type(field("tag"), "Half typed");
    hotel.elsewhere.remove("2");
    expect(await screen.findByText("Deleted elsewhere while you were editing.")).toBeVisible();
    expect(lastCall(hotel, "closeOfferWindow")).toBeUndefined();
    await user.keyboard("{Escape}");
    await user.click(await screen.findByTestId("confirm-yes"));
    await closed();
  });

  it("closes when nobody is signed in any more, and shows no sign-in", async () => {
    const { hotel, closed } = await alone();
    await hotel.open("console-1").signOut("keep");
    await closed();
    expect(screen.queryByTestId("signin")).toBeNull();
  });

  it("says when there is no such offer", async () => {
    const hotel = new MemoryHotel().signedIn();
    render(App, { backend: hotel.open("offer-9", "9"), locale: "en-IE" });
    expect(await screen.findByText("This offer is not there.")).toBeVisible();
    await userEvent.setup().click(screen.getByText("Close"));
    expect(lastCall(hotel, "closeOfferWindow")).toEqual([]);
  });
});
