/** The activity panel, the storage banner, and the order of the offers. */
import { screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import type { MemoryHotel } from "../src/backend/memory";
import { lastCall, openConsole, titleOf, titles, twoOffers } from "./window";

const rows = () => screen.queryAllByTestId("activity-row");
const requests = (hotel: MemoryHotel, count: number) =>
  hotel.note(
    ...Array.from({ length: count }, (_, at) => ({
      type: "request" as const,
      method: "GET",
      path: `/killarney/offers/${at}/`,
      status: at % 7 === 0 ? 503 : 200,
      millis: 40,
      error: null,
    })),
  );

describe("the activity panel", () => {
  it("opens with its keys, lists newest first, and goes on live", async () => {
    const { hotel, user } = await openConsole();
    requests(hotel, 3);
    await user.keyboard("{Control>}{Shift>}a{/Shift}{/Control}");
    await waitFor(() => expect(rows()).toHaveLength(3));
    expect(rows()[0]).toHaveTextContent("GET /killarney/offers/2/");
    hotel.elsewhere.change("1", { title: "Theirs" });
    await waitFor(() => expect(rows()[0]).toHaveTextContent("An offer was changed (offer 1)"));
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("activity")).toBeNull();
  });

  it("opens with a click on the status bar", async () => {
    const { user } = await openConsole();
    await user.click(screen.getByTestId("connection"));
    expect(screen.getByTestId("activity")).toBeVisible();
    await user.click(screen.getByTestId("last-synced"));
    expect(screen.queryByTestId("activity")).toBeNull();
  });

  it("is filtered by kind and by text", async () => {
    const { hotel, user } = await openConsole();
    requests(hotel, 8);
    hotel.note({ type: "event", name: "offer-updated", offer: 1 });
    await user.click(screen.getByTestId("show-activity"));
    await user.selectOptions(screen.getByTestId("activity-kind"), "request");
    await waitFor(() => expect(rows()).toHaveLength(8));
    await user.type(screen.getByTestId("activity-search"), "503");
    await waitFor(() => expect(rows()).toHaveLength(2));
    await user.type(screen.getByTestId("activity-search"), "x");
    expect(await screen.findByText("Nothing matches this filter.")).toBeVisible();
  });

  it("holds thousands of entries and has only those in sight in the page", async () => {
    const { hotel, user } = await openConsole();
    requests(hotel, 150);
    await user.click(screen.getByTestId("show-activity"));
    await waitFor(() => expect(rows().length).toBeGreaterThan(5));
    requests(hotel, 5_000);
    await waitFor(() => expect(screen.getByRole("grid")).toHaveAttribute("aria-rowcount", "5150"));
    expect(rows().length).toBeLessThan(60);
    screen.getByRole("grid").focus();
    await user.keyboard("{End}");
    expect(screen.getByRole("grid")).toHaveAttribute("aria-activedescendant");
  });

  it("copies all that is shown, and one row", async () => {
    const { hotel, user } = await openConsole();
    hotel.now = () => Date.UTC(2026, 10, 22, 14, 5);
    requests(hotel, 2);
    await user.click(screen.getByTestId("show-activity"));
    await waitFor(() => expect(rows()).toHaveLength(2));
    await user.click(screen.getByTestId("activity-copy"));
    expect(await navigator.clipboard.readText()).toBe(
      "2026-11-22T14:05:00.000Z\tRequest\tGET /killarney/offers/1/\t200 · 40 ms\n" +
        "2026-11-22T14:05:00.000Z\tRequest\tGET /killarney/offers/0/\t503 · 40 ms",
    );
    expect(screen.getByTestId("activity-said")).toHaveTextContent("2 rows copied");
    screen.getByRole("grid").focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{Control>}c{/Control}");
    expect(await navigator.clipboard.readText()).toContain("/offers/0/");
    expect(await navigator.clipboard.readText()).not.toContain("/offers/1/");
  });

  it("says where the diagnostics went, or why not", async () => {
    const { hotel, user } = await openConsole();
    await user.click(screen.getByTestId("show-activity"));
    await user.click(screen.getByTestId("activity-export"));
    expect(await screen.findByText("Written to /home/frontdesk/hotelmate-diagnostics.zip")).toBeVisible();
    hotel.failNext("exportDiagnostics", "storage", "The disk is full.");
    await user.click(screen.getByTestId("activity-export"));
    expect(await screen.findByText("The disk is full.")).toBeVisible();
  });
});

it("what staff must know about this computer's data stands above the list as long as it is so", async () => {
  const { hotel } = await openConsole();
  expect(screen.queryByTestId("storage-problem")).toBeNull();
  hotel.sayStorage("Nothing can be kept on this computer now: the disk is full.");
  expect(await screen.findByTestId("storage-problem")).toHaveTextContent("the disk is full");
  hotel.sayStorage(null);
  await waitFor(() => expect(screen.queryByTestId("storage-problem")).toBeNull());
});

describe("Alt and an arrow", () => {
  const three = (hotel: MemoryHotel) => {
    twoOffers(hotel);
    hotel.seed({ title: "New Year Gala", short_description: "Black tie.", sort_order: 3 });
  };

  it("moves the selected offer, says where it is, and keeps the keys on it", async () => {
    const { hotel, user } = await openConsole(three);
    titleOf("Spa weekend").focus();
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(lastCall(hotel, "reorderOffer")).toEqual(["1", "3"]);
    await waitFor(() => expect(titles()).toEqual(["Golf & Stay", "Spa weekend", "New Year Gala"]));
    expect(await screen.findByText("Spa weekend moved to place 2 of 3")).toBeInTheDocument();
    expect(document.activeElement).toHaveTextContent("Spa weekend");
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(lastCall(hotel, "reorderOffer")).toEqual(["1", null]);
    await user.keyboard("{Alt>}{ArrowUp}{ArrowUp}{/Alt}");
    await waitFor(() => expect(titles()).toEqual(["Spa weekend", "Golf & Stay", "New Year Gala"]));
  });

  it("says why it does nothing in another view, at an end, and does not open anything", async () => {
    const { hotel, user } = await openConsole(three);
    titleOf("Spa weekend").focus();
    await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
    expect(await screen.findByText("Spa weekend is first already")).toBeInTheDocument();
    await user.click(screen.getByTestId("view-live"));
    titleOf("Spa weekend").focus();
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(await screen.findByText("The order is changed in “All”, without a search.")).toBeInTheDocument();
    expect(lastCall(hotel, "reorderOffer")).toBeUndefined();
    expect(screen.queryByTestId("editor")).toBeNull();
  });
});
