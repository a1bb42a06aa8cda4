/** Earlier versions of an offer, and offers that were deleted. */
import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import { card, field, lastCall, type Opened, openConsole, retype, titles } from "./window";

const edit = (title: string) => within(card(title)).getByTestId("offer-edit");
const rows = () => screen.getAllByTestId("history-row");
const row = (at: number) => {
  const found = rows()[at];
  if (!found) throw new Error(`only ${rows().length} versions are shown`);
  return found;
};

/** Elsewhere, then another window of this computer, then this one. */
async function threeHands(): Promise<Opened> {
  const opened = await openConsole();
  const { hotel, backend, user } = opened;
  hotel.elsewhere.change("1", { title: "Spa days", tag: "Wellness" });
  await hotel.open("console-2").updateOffer("1", { valid_to: { before: "2027-02-28", after: null } }, null);
  await backend.updateOffer("1", { title: { before: "Spa days", after: "Spa time" } }, null);
  hotel.settle();
  await user.click(edit("Spa time"));
  return opened;
}

describe("the history of an offer", () => {
  it("shows each version, newest first: what changed, and from whom", async () => {
    const { user } = await threeHands();
    await user.keyboard("{Control>}h{/Control}");
    await waitFor(() => expect(rows()).toHaveLength(4));
    expect(row(0)).toHaveTextContent(/This window.*As it is now.*Title.*Spa days.*→.*Spa time/);
    expect(row(1)).toHaveTextContent(/This computer.*To.*28 Feb 2027.*→.*no date/);
    expect(row(2)).toHaveTextContent(/Elsewhere.*Title.*Spa weekend.*→.*Spa days.*Tag.*Spa.*→.*Wellness/);
    expect(row(3)).toHaveTextContent("First seen here: “Spa weekend”");
  });

  it("brings a version back after saying what that changes", async () => {
    const { hotel, user } = await threeHands();
    await user.click(screen.getByTestId("show-history"));
    await user.click(await waitFor(() => within(row(3)).getByTestId("history-restore")));
    const question = screen.getByTestId("history-question");
    expect(question).toHaveTextContent(/This changes 3 fields:.*Title.*Spa time.*→.*Spa weekend/);
    expect(lastCall(hotel, "restoreVersion"), "nothing before the answer").toBeUndefined();
    expect(screen.getByTestId("history-restore-confirm")).toHaveFocus();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(field("title")).toHaveValue("Spa weekend"));
    expect(field("valid_to")).toHaveValue("2027-02-28");
    expect(titles()).toContain("Spa weekend");
    expect(screen.queryByTestId("history")).toBeNull();
  });

  it("follows what happens while it is open, and Esc leads back to the text being typed", async () => {
    const { hotel, user } = await threeHands();
    await retype(user, "tag", "Half typed");
    await user.keyboard("{Control>}h{/Control}");
    await waitFor(() => expect(rows()).toHaveLength(4));
    hotel.elsewhere.change("1", { short_description: "New words." });
    await waitFor(() => expect(rows()).toHaveLength(5));
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("history")).toBeNull();
    expect(field("tag")).toHaveValue("Half typed");
  });

  it("gives way to the editor where a save of what is typed in it is refused", async () => {
    const { user } = await threeHands();
    await retype(user, "title", "");
    await user.keyboard("{Control>}h{/Control}");
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.keyboard("{Control>}s{/Control}");
    expect(await screen.findByTestId("error-title")).toHaveTextContent("Give the offer a title.");
    expect(field("title")).toHaveFocus();
    expect(screen.queryByTestId("history")).toBeNull();
  });

  it("shows what changed inside a long text", async () => {
    const { hotel, user } = await openConsole();
    const text = (nights: string) =>
      `A long stay by the lake with breakfast, a walk in the park, and ${nights} nights in a room with a view.`;
    hotel.elsewhere.change("1", { details_text: text("two") });
    hotel.elsewhere.change("1", { details_text: text("three") });
    await user.click(edit("Spa weekend"));
    await user.keyboard("{Control>}h{/Control}");
    await waitFor(() => expect(rows()).toHaveLength(3));
    expect(row(0).querySelector("del")).toHaveTextContent("two");
    expect(row(0).querySelector("ins")).toHaveTextContent("three");
    expect(row(0)).toHaveTextContent(/…/);
  });

  it("says when it cannot be read or a version cannot be brought back", async () => {
    const { hotel, user } = await threeHands();
    hotel.failNext("restoreVersion", "storage", "The disk is full.");
    await user.keyboard("{Control>}h{/Control}");
    await user.click(await waitFor(() => within(row(3)).getByTestId("history-restore")));
    await user.click(screen.getByTestId("history-restore-confirm"));
    expect(await screen.findByText("The disk is full.")).toBeVisible();
    expect(screen.getByTestId("history-question")).toBeVisible();
  });
});

describe("an offer that was deleted by mistake", () => {
  const restore = async () => within(await screen.findByText("Restore")).getByText("Restore");

  it("is back in one click, photo included", async () => {
    const { hotel, user } = await openConsole((hotel) => {
      hotel.seed({ title: "Spa weekend", tag: "Spa", short_description: "d" }, "data:,spa");
    });
    await user.click(within(card("Spa weekend")).getByTestId("offer-delete"));
    await user.click(await screen.findByTestId("confirm-delete"));
    hotel.settle();
    await waitFor(() => expect(titles()).toEqual([]));
    expect(screen.getByTestId("toast")).toHaveTextContent("Deleted: Spa weekend");
    await user.click(await restore());
    await waitFor(() => expect(titles()).toEqual(["Spa weekend"]));
    expect(within(card("Spa weekend")).getByTestId("offer-photo")).toHaveAttribute("src", "data:,spa");
    await waitFor(() => expect(screen.queryByTestId("toast")).toBeNull());
  });

  it("is back once, however often that is asked for while it is under way", async () => {
    const { hotel, backend, user } = await openConsole((hotel) => {
      hotel.seed({ title: "Spa weekend", short_description: "d" });
    });
    const { restoreVersion } = backend;
    let goOn = () => {};
    const held = new Promise<void>((done) => (goOn = done));
    vi.spyOn(backend, "restoreVersion").mockImplementation((id) => held.then(() => restoreVersion(id)));
    await user.click(within(card("Spa weekend")).getByTestId("offer-delete"));
    await user.click(await screen.findByTestId("confirm-delete"));
    hotel.settle();
    await waitFor(() => expect(titles()).toEqual([]));
    const button = await restore();
    await user.dblClick(button);
    expect(button).toHaveTextContent("Restoring…");
    goOn();
    await waitFor(() => expect(screen.queryByTestId("toast")).toBeNull());
    expect(titles()).toEqual(["Spa weekend"]);
    expect(hotel.calls.filter(({ method }) => method === "restoreVersion")).toHaveLength(1);
  });

  it("has the edits that had not left, too", async () => {
    const { hotel, backend, user } = await openConsole();
    hotel.offline();
    await backend.updateOffer("1", { title: { before: "Spa weekend", after: "Spa days" } }, null);
    await user.click(within(await waitFor(() => card("Spa days"))).getByTestId("offer-delete"));
    await user.click(await screen.findByTestId("confirm-delete"));
    await user.click(await restore());
    await waitFor(() => expect(titles()).toContain("Spa days"));
    await waitFor(() => expect(field("title")).toHaveValue("Spa days"));
  });

  it("comes back with the others, and what failed can be asked for again", async () => {
    const { hotel, user } = await openConsole();
    await user.keyboard("{Control>}a{/Control}");
    await user.click(screen.getByTestId("bulk-delete"));
    await user.click(await screen.findByTestId("confirm-delete"));
    await waitFor(() => expect(screen.getByTestId("toast")).toHaveTextContent("Deleted: 2 offers"));
    hotel.settle();
    hotel.failNext("restoreVersion", "storage", "The disk is full.");
    await user.click(await restore());
    expect(await screen.findByText("The disk is full.")).toBeVisible();
    await user.click(await restore());
    await waitFor(() => expect(titles()).toEqual(["Spa weekend", "Golf & Stay"]));
  });
});

describe("recently deleted offers", () => {
  it("are listed and come back as they were, photo included", async () => {
    const { hotel, backend, user } = await openConsole((hotel) => {
      hotel.seed({ title: "Spa weekend", tag: "Spa", short_description: "d" }, "data:,spa");
    });
    await backend.deleteOffer("1");
    hotel.settle();
    await user.click(screen.getByTestId("show-deleted"));
    const gone = await screen.findByTestId("deleted-row");
    expect(gone).toHaveTextContent(/Spa weekend.*This window/);
    expect(gone.querySelector("img")).toHaveAttribute("src", "data:,spa");
    await user.click(screen.getByTestId("deleted-restore"));
    await waitFor(() => expect(titles()).toEqual(["Spa weekend"]));
    expect(within(card("Spa weekend")).getByTestId("offer-photo")).toHaveAttribute("src", "data:,spa");
    await waitFor(() => expect(field("tag")).toHaveValue("Spa"));
    expect(screen.queryByTestId("deleted-offers")).toBeNull();
  });

  it("are read again when one offer goes and another comes at once", async () => {
    const { hotel, user } = await openConsole();
    await user.click(screen.getByTestId("show-deleted"));
    await screen.findByText("No offer was deleted since this computer keeps a history.");
    hotel.elsewhere.remove("1");
    hotel.elsewhere.create({ title: "Christmas", short_description: "d" });
    expect(await screen.findByTestId("deleted-row")).toHaveTextContent("Spa weekend");
  });

  it("says so when there are none", async () => {
    const { user } = await openConsole();
    await user.click(screen.getByTestId("show-deleted"));
    expect(await screen.findByText("No offer was deleted since this computer keeps a history.")).toBeVisible();
  });
});
