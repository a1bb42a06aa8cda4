/** Signing out, with changes that are not at the hotel yet and without, and what it leaves for the next user: nothing. */
import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { toast } from "svelte-sonner";
import { afterEach, describe, expect, it } from "vitest";

import type { Backend } from "../src/backend/backend";
import type { Notice } from "../src/backend/bindings";
import { MemoryHotel } from "../src/backend/memory";
import App from "../src/console/App.svelte";
import { card, lastCall, type Opened, openConsole, titles } from "./window";

async function waiting(): Promise<Opened> {
  const opened = await openConsole();
  opened.hotel.offline();
  await opened.backend.updateOffer("1", { title: { before: "Spa weekend", after: "Spa days" } }, null);
  await opened.backend.updateOffer("2", { tag: { before: "", after: "Golf" } }, null);
  await opened.user.click(screen.getByTestId("sign-out"));
  await screen.findByText("2 changes are not at the hotel yet.");
  return opened;
}
const answers = (hotel: MemoryHotel) =>
  hotel.calls.filter((call) => call.method === "signOut").map((call) => call.args[0]);

describe("signing out", () => {
  it("just happens when nothing waits", async () => {
    const { user } = await openConsole();
    await user.click(screen.getByTestId("sign-out"));
    expect(await screen.findByTestId("signin")).toBeVisible();
  });

  it("asks when changes wait, names them, and Esc stays", async () => {
    const { hotel, user } = await waiting();
    const question = screen.getByTestId("sign-out-question");
    expect(within(question).getByText("Spa days")).toBeVisible();
    expect(within(question).getByText("Golf & Stay")).toBeVisible();
    await waitFor(() => expect(screen.getByTestId("sign-out-send")).toHaveFocus());
    expect(screen.getByTestId("sign-out-discard")).toHaveAccessibleName("Discard 2 changes: lost for good");

    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("sign-out-question")).toBeNull());
    expect(answers(hotel)).toEqual([null]);
    expect(titles()).toContain("Spa days");
  });

  it("names offers of one title, each of them", async () => {
    const { hotel, backend, user } = await openConsole();
    hotel.offline();
    await backend.updateOffer("1", { title: { before: "Spa weekend", after: "Winter" } }, null);
    await backend.updateOffer("2", { title: { before: "Golf & Stay", after: "Winter" } }, null);
    await user.click(screen.getByTestId("sign-out"));
    const question = await screen.findByTestId("sign-out-question");
    expect(within(question).getAllByText("Winter")).toHaveLength(2);
  });

  it("sends first: waits for the line, counts down, and is out when all is sent", async () => {
    const { hotel, user } = await waiting();
    await user.click(screen.getByTestId("sign-out-send"));
    expect(await screen.findByText("The hotel cannot be reached: waiting for the line.")).toBeVisible();
    expect(screen.getByTestId("sign-out-left")).toHaveTextContent("2 of 2 left");
    expect(screen.getByTestId("sign-out-cancel")).toHaveFocus();
    expect(screen.queryByTestId("sign-out-discard"), "nothing is dropped while it is being sent").toBeNull();

    hotel.online();
    expect(await screen.findByText("You are signed out when all is sent.")).toBeVisible();
    hotel.settle();
    expect(await screen.findByTestId("signin")).toBeVisible();
  });

  it("can be called off while sending, and everything stays", async () => {
    const { hotel, user } = await waiting();
    await user.click(screen.getByTestId("sign-out-send"));
    await user.click(screen.getByTestId("sign-out-cancel"));
    await waitFor(() => expect(screen.queryByTestId("sign-out-question")).toBeNull());
    expect(lastCall(hotel, "cancelSignOut")).toEqual([]);
    hotel.online();
    hotel.settle();
    await waitFor(() => expect(card("Spa days")).toHaveAttribute("data-sync", "synced"));
    expect(screen.queryByTestId("signin")).toBeNull();
  });

  it("says when something needs the user first, and leads there", async () => {
    const { hotel, user } = await waiting();
    await user.click(screen.getByTestId("sign-out-send"));
    hotel.online();
    hotel.park("1", "The server did not take this change.", { title: ["This title is taken."] });
    hotel.settle();
    expect(await screen.findByText("1 change needs you before it can be sent.")).toBeVisible();
    expect(screen.getByText("Spa days (needs you)")).toBeVisible();

    await user.click(screen.getByTestId("sign-out-needs-you"));
    expect(screen.getByTestId("view-attention")).toHaveAttribute("aria-current", "page");
    expect(titles()).toEqual(["Spa days"]);
    expect(await screen.findByTestId("error-title")).toHaveTextContent("This title is taken.");
  });

  it("keeps them for the next sign-in", async () => {
    const { backend, user } = await waiting();
    await user.click(screen.getByTestId("sign-out-keep"));
    expect(await screen.findByTestId("signin")).toBeVisible();
    await backend.signInDemo();
    expect(await screen.findByText("Spa days")).toBeVisible();
  });

  it("discards them only on that word", async () => {
    const { hotel, backend, user } = await waiting();
    await user.click(screen.getByTestId("sign-out-discard"));
    expect(await screen.findByTestId("signin")).toBeVisible();
    expect(answers(hotel)).toEqual([null, "discard"]);
    await backend.signInDemo();
    expect(await screen.findByText("Spa weekend")).toBeVisible();
  });

  it("says another failure in the question and asks again", async () => {
    const { hotel, user } = await waiting();
    hotel.failNext("signOut", "storage", "The disk is full.");
    await user.click(screen.getByTestId("sign-out-keep"));
    expect(await screen.findByText("The disk is full.")).toBeVisible();
    expect(screen.getByTestId("sign-out-keep")).toBeVisible();
  });
});

describe("what was told", () => {
  // Toasts live outside of the components: none may reach the next test.
  afterEach(async () => {
    toast.dismiss();
    await waitFor(() => expect(screen.queryByTestId("toast")).toBeNull());
  });

  const notice: Notice = {
    id: 7,
    kind: "replaced",
    title: "Spa weekend",
    key: "1",
    by: "elsewhere",
    origin: null,
    replaced: [{ field: "title", before: "Spa days", after: "Spa weekend" }],
  };

  it("goes with the session: the next one does not see it, and cannot act on it", async () => {
    const { hotel, backend, user } = await openConsole();
    await backend.updateOffer("1", { title: { before: "Spa weekend", after: "Mine" } }, null);
    hotel.elsewhere.justBefore("1", { title: "Spa days" });
    await screen.findByTestId("put-back");
    await user.click(screen.getByTestId("sign-out"));
    await screen.findByTestId("signin");
    await waitFor(() => expect(screen.queryByTestId("toast")).toBeNull());
    await backend.signInDemo();
    await screen.findByTestId("console");
    expect(screen.queryByTestId("toast")).toBeNull();
  });

  it("in the very moment of the sign-out is still said, with nothing to click, until somebody signs in", async () => {
    const hotel = new MemoryHotel().signedIn();
    const real = hotel.open();
    // The engine tells in the batch of the sign-out what was settled in that moment.
    const backend: Backend = {
      ...real,
      subscribe: (onBatch) =>
        real.subscribe((batch) =>
          onBatch(
            hotel.calls.at(-1)?.method === "signOut"
              ? { ...batch, changes: [{ type: "notice", notice }, ...batch.changes] }
              : batch,
          ),
        ),
    };
    render(App, { backend, locale: "en-IE" });
    await userEvent.setup().click(await screen.findByTestId("sign-out"));
    await screen.findByTestId("signin");
    expect(await screen.findByTestId("toast")).toHaveTextContent("Your title replaced “Spa days”");
    expect(screen.queryByTestId("put-back")).toBeNull();
    expect(screen.getByTestId("toast-dismiss")).toBeVisible();

    await real.signInDemo();
    await screen.findByTestId("console");
    await waitFor(() => expect(screen.queryByTestId("toast")).toBeNull());
  });
});
