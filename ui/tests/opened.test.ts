/** What reaches the window from outside of it: links, and word of a newer version. */
import { screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";

import { field, openConsole, retype, twoOffers } from "./window";

beforeEach(() => localStorage.clear());

describe("a link", () => {
  it("opens its offer, in a running window and at a start", async () => {
    const { hotel } = await openConsole((hotel) => {
      twoOffers(hotel);
      hotel.outside.followLink({ kind: "offer", key: "1" });
    });
    await waitFor(() => expect(field("title")).toHaveValue("Spa weekend"));
    hotel.outside.followLink({ kind: "offer", key: "2" });
    await waitFor(() => expect(field("title")).toHaveValue("Golf & Stay"));
  });

  it("asks before it takes the place of unsaved text", async () => {
    const { hotel, user } = await openConsole();
    hotel.outside.followLink({ kind: "offer", key: "1" });
    await screen.findByTestId("editor");
    await retype(user, "title", "Spa days");
    hotel.outside.followLink({ kind: "offer", key: "2" });
    await screen.findByTestId("confirm-cancel");
    expect(field("title")).toHaveValue("Spa days");
    await user.click(screen.getByTestId("confirm-cancel"));
    expect(field("title")).toHaveValue("Spa days");
  });

  it("to an offer that is not listed, or to nowhere, is answered in words", async () => {
    const { hotel } = await openConsole();
    // The list is read after the window came up.
    hotel.online();
    hotel.outside.followLink({ kind: "offer", key: "99" });
    await screen.findByText("Offer 99 is not listed at Hotel Killarney.");
    hotel.outside.followLink({ kind: "refused", words: "This link leads nowhere." });
    await screen.findByText("This link leads nowhere.");
    expect(screen.queryByTestId("editor")).toBeNull();
  });
});

describe("a newer version", () => {
  it("is a quiet line with a page, until it is put away, and then the next one", async () => {
    const { hotel, user } = await openConsole();
    expect(screen.queryByTestId("update")).toBeNull();
    hotel.outside.tellUpdate({ version: "1.4.0", page: "https://hotel.example/console" });
    expect(await screen.findByTestId("update")).toHaveTextContent("Version 1.4.0 is available");
    await user.click(screen.getByTestId("update-page"));
    expect(hotel.calls).toContainEqual({ method: "openUpdatePage", args: [] });
    await user.click(screen.getByTestId("update-dismiss"));
    expect(screen.queryByTestId("update")).toBeNull();
    hotel.outside.tellUpdate({ version: "1.4.0", page: "https://hotel.example/console" });
    expect(screen.queryByTestId("update")).toBeNull();
    hotel.outside.tellUpdate({ version: "1.5.0", page: "https://hotel.example/console" });
    await screen.findByTestId("update");
  });
});
