/** What two people did to the same offer, settled by clicking. */
import { screen, waitFor, within } from "@testing-library/svelte";
import { toast } from "svelte-sonner";
import { afterEach, describe, expect, it } from "vitest";

import { card, field, lastCall, type Opened, openConsole, retype, titles } from "./window";

// Toasts live outside of the components: none may reach the next test.
afterEach(async () => {
  toast.dismiss();
  await waitFor(() => expect(screen.queryByTestId("toast")).toBeNull());
});

const edit = (title: string) => within(card(title)).getByTestId("offer-edit");

async function collided(): Promise<Opened> {
  const opened = await openConsole();
  opened.hotel.offline();
  const mine = { title: { before: "Spa weekend", after: "Mine" }, tag: { before: "Spa", after: "My tag" } };
  await opened.backend.updateOffer("1", mine, null);
  opened.hotel.elsewhere.change("1", { title: "Theirs", tag: "Their tag" });
  await waitFor(() => expect(card("Mine")).toHaveAttribute("data-sync", "conflict"));
  await opened.user.click(edit("Mine"));
  return opened;
}

describe("a conflict", () => {
  it.each([
    ["conflict-mine-all", "mine", "Mine"],
    ["conflict-theirs-all", "theirs", "Theirs"],
  ])("is settled for all fields at once with %s", async (button, side, title) => {
    const { hotel, user } = await collided();
    await user.click(screen.getByTestId(button));
    await user.click(screen.getByTestId("save"));
    expect(lastCall(hotel, "resolveConflict")).toEqual([
      "1",
      [
        { field: "title", side, theirs: "Theirs" },
        { field: "tag", side, theirs: "Their tag" },
      ],
    ]);
    await waitFor(() => expect(field("title")).toHaveValue(title));
  });
});

it("Enter leads to the first choice where the title is one of them", async () => {
  const { user } = await collided();
  await user.keyboard("{Escape}");
  expect(screen.queryByTestId("editor")).toBeNull();
  within(card("Mine")).getByRole("button", { name: "Mine" }).focus();
  await user.keyboard("{Enter}");
  expect(await screen.findByTestId("conflict-mine-title")).toHaveFocus();
  expect(screen.getByTestId("conflict-mine-title"), "nothing is chosen by that").toHaveAttribute(
    "aria-pressed",
    "false",
  );
});

describe("a choice that cannot be sent", () => {
  it("says why at its field, until it is chosen otherwise", async () => {
    const { hotel, user } = await collided();
    const words = "At most 50 characters; this has 51.";
    hotel.failNext("resolveConflict", "invalid", words, { tag: [words] });
    await user.click(screen.getByTestId("conflict-mine-all"));
    await user.click(screen.getByTestId("save"));
    expect(await screen.findByTestId("error-tag")).toHaveTextContent(words);
    expect(screen.getByTestId("conflict")).toContainElement(screen.getByTestId("error-tag"));
    await user.click(screen.getByTestId("conflict-theirs-tag"));
    expect(screen.queryByTestId("error-tag")).toBeNull();
  });

  it("says of two dates at the end that it is before the start, until either is chosen otherwise", async () => {
    const { hotel, backend, user } = await openConsole();
    hotel.offline();
    const mine = {
      valid_from: { before: null, after: "2027-01-12" },
      valid_to: { before: "2027-02-28", after: "2027-01-18" },
    };
    await backend.updateOffer("1", mine, null);
    hotel.elsewhere.change("1", { valid_from: "2027-01-03", valid_to: "2027-01-10" });
    await waitFor(() => expect(card("Spa weekend")).toHaveAttribute("data-sync", "conflict"));
    await user.click(edit("Spa weekend"));
    const words = "The end date is before the start date.";
    hotel.failNext("resolveConflict", "invalid", words, { valid_to: [words] });
    await user.click(screen.getByTestId("conflict-mine-valid_from"));
    await user.click(screen.getByTestId("conflict-theirs-valid_to"));
    await user.click(screen.getByTestId("save"));
    expect(await screen.findByTestId("error-valid_to")).toHaveTextContent(words);
    await user.click(screen.getByTestId("conflict-theirs-valid_from"));
    expect(screen.queryByTestId("error-valid_to")).toBeNull();
  });
});

describe("an edit of an offer that was deleted elsewhere", () => {
  async function deleted(): Promise<Opened> {
    const opened = await openConsole();
    opened.hotel.offline();
    await opened.backend.updateOffer("1", { title: { before: "Spa weekend", after: "Mine" } }, null);
    opened.hotel.elsewhere.remove("1");
    await waitFor(() => expect(card("Mine")).toHaveAttribute("data-sync", "parked"));
    await opened.user.click(edit("Mine"));
    expect(screen.getByTestId("parked")).toHaveTextContent("Deleted elsewhere while your change was waiting.");
    return opened;
  }

  it("is created anew", async () => {
    const { hotel, user } = await deleted();
    await user.click(screen.getByText("Create it anew"));
    expect(lastCall(hotel, "retryOffer")).toEqual(["1"]);
    hotel.online();
    hotel.settle();
    await waitFor(() => expect(card("Mine")).toHaveAttribute("data-offer-id", "3"));
    expect(field("title"), "the editor stays on it").toHaveValue("Mine");
  });

  it("is created anew with what was typed meanwhile", async () => {
    const { hotel, user } = await deleted();
    await retype(user, "tag", "Wellness");
    expect(screen.getByTestId("save")).toHaveTextContent("Create again");
    await user.click(screen.getByTestId("save"));
    expect(lastCall(hotel, "updateOffer")?.[1]).toEqual({ tag: { before: "Spa", after: "Wellness" } });
    await waitFor(() => expect(lastCall(hotel, "retryOffer")).toEqual(["1"]));
    await waitFor(() => expect(card("Mine")).toHaveAttribute("data-sync", "waiting"));
  });

  it("is discarded after a question that says what is lost", async () => {
    const { user } = await deleted();
    await user.click(screen.getByTestId("discard"));
    expect(await screen.findByText("The offer was deleted elsewhere: your version of it would be gone.")).toBeVisible();
    await user.click(screen.getByTestId("confirm-yes"));
    await waitFor(() => expect(titles()).toEqual(["Golf & Stay"]));
  });
});

describe("a deletion of an offer that was changed elsewhere", () => {
  async function changed(): Promise<Opened> {
    const opened = await openConsole();
    opened.hotel.offline();
    await opened.backend.deleteOffer("1");
    await waitFor(() => expect(titles()).toEqual(["Golf & Stay"]));
    opened.hotel.elsewhere.change("1", { title: "Theirs" });
    await waitFor(() => expect(card("Theirs")).toHaveAttribute("data-sync", "parked"));
    await opened.user.click(edit("Theirs"));
    expect(screen.getByTestId("parked")).toHaveTextContent("Changed elsewhere since you deleted it.");
    return opened;
  }

  it("is carried out all the same", async () => {
    const { hotel, user } = await changed();
    await user.click(screen.getByText("Delete it all the same"));
    expect(lastCall(hotel, "retryOffer")).toEqual(["1"]);
    await waitFor(() => expect(titles()).toEqual(["Golf & Stay"]));
    expect(screen.queryByTestId("editor")).toBeNull();
  });

  it("asks before it takes along what was typed meanwhile, and is then nobody else's", async () => {
    const { hotel, user } = await changed();
    await retype(user, "title", "Typed");
    await user.click(screen.getByText("Delete it all the same"));
    expect(await screen.findByText("What you typed since the last save would be lost.")).toBeVisible();
    await user.click(screen.getByTestId("confirm-cancel"));
    expect(lastCall(hotel, "retryOffer")).toBeUndefined();
    expect(field("title")).toHaveValue("Typed");

    await user.click(screen.getByText("Delete it all the same"));
    await user.click(await screen.findByTestId("confirm-yes"));
    await waitFor(() => expect(titles()).toEqual(["Golf & Stay"]));
    expect(screen.queryByTestId("editor"), "it does not say that it was deleted elsewhere").toBeNull();
  });

  it("is let go", async () => {
    const { hotel, user } = await changed();
    await user.click(screen.getByText("Keep it"));
    expect(lastCall(hotel, "discardChanges")).toEqual(["1"]);
    await waitFor(() => expect(card("Theirs")).toHaveAttribute("data-sync", "synced"));
    expect(screen.queryByTestId("parked")).toBeNull();
  });

  it("is forgotten once it was let go: what is typed later stays when somebody else deletes the offer", async () => {
    const { hotel, user } = await openConsole();
    hotel.offline();
    await user.click(within(card("Spa weekend")).getByTestId("offer-delete"));
    await user.click(await screen.findByTestId("confirm-delete"));
    await waitFor(() => expect(titles()).toEqual(["Golf & Stay"]));
    hotel.elsewhere.change("1", { title: "Theirs" });
    await waitFor(() => expect(card("Theirs")).toHaveAttribute("data-sync", "parked"));
    await user.click(edit("Theirs"));
    await user.click(screen.getByText("Keep it"));
    await waitFor(() => expect(card("Theirs")).toHaveAttribute("data-sync", "synced"));

    await retype(user, "title", "Mine");
    hotel.elsewhere.remove("1");
    expect(await screen.findByText("Deleted elsewhere while you were editing.")).toBeVisible();
    expect(field("title")).toHaveValue("Mine");
  });

  it("is let go by editing the offer", async () => {
    const { hotel, user } = await changed();
    await retype(user, "tag", "Wellness");
    await user.click(screen.getByTestId("save"));
    await waitFor(() =>
      expect(lastCall(hotel, "updateOffer")?.[1]).toEqual({ tag: { before: "Spa", after: "Wellness" } }),
    );
    expect(lastCall(hotel, "discardChanges")).toEqual(["1"]);
  });
});

describe("a refused change", () => {
  it("is corrected at its field, and the correction goes on top", async () => {
    const { hotel, backend, user } = await openConsole();
    await backend.updateOffer("1", { tag: { before: "Spa", after: "Spa and more" } }, null);
    hotel.park("1", "The server did not take this change.", { tag: ["This tag is not allowed."] });
    await user.click(edit("Spa weekend"));
    expect(screen.getByTestId("error-tag")).toHaveTextContent("This tag is not allowed.");
    await retype(user, "tag", "Wellness");
    expect(screen.queryByTestId("error-tag"), "what was refused is no longer there").toBeNull();
    await user.click(screen.getByTestId("save"));
    expect(lastCall(hotel, "updateOffer")?.[1]).toEqual({ tag: { before: "Spa and more", after: "Wellness" } });
    await waitFor(() => expect(card("Spa weekend")).toHaveAttribute("data-sync", "sending"));
    expect(screen.queryByTestId("parked")).toBeNull();
  });
});

describe("what a change replaced", () => {
  it("is said until it was seen, and put back with one click", async () => {
    const { hotel, backend, user } = await openConsole();
    await backend.updateOffer("1", { title: { before: "Spa weekend", after: "Mine" } }, null);
    hotel.elsewhere.justBefore("1", { title: "Spa days" });
    const told = await screen.findByTestId("toast");
    expect(told).toHaveAttribute("data-kind", "replaced");
    expect(told).toHaveTextContent("Your title replaced “Spa days”, which somebody had just set.");
    await user.click(screen.getByTestId("put-back"));
    expect(lastCall(hotel, "updateOffer")).toEqual(["1", { title: { before: "Mine", after: "Spa days" } }, null]);
    await waitFor(() => expect(titles()).toContain("Spa days"));
    await waitFor(() => expect(screen.queryByTestId("toast")).toBeNull());
  });

  it("lists several fields, and can be dismissed", async () => {
    const { hotel, backend, user } = await openConsole();
    const mine = { title: { before: "Spa weekend", after: "Mine" }, valid_to: { before: "2027-02-28", after: null } };
    await backend.updateOffer("1", mine, null);
    hotel.elsewhere.justBefore("1", { title: "Spa days", valid_to: "2027-01-31" });
    const told = await screen.findByTestId("toast");
    expect(
      within(told)
        .getAllByRole("listitem")
        .map((line) => line.textContent),
    ).toEqual(["title: “Spa days”", "last day: 31 Jan 2027"]);
    await user.click(screen.getByTestId("toast-dismiss"));
    await waitFor(() => expect(screen.queryByTestId("toast")).toBeNull());
    expect(titles()).toContain("Mine");
  });
});

it("whoever settles a clash by keyboard goes on in its field", async () => {
  const { hotel, user } = await openConsole();
  await user.click(edit("Spa weekend"));
  await retype(user, "tag", "Mine");
  hotel.elsewhere.change("1", { tag: "Theirs" });
  const mine = await screen.findByTestId("conflict-mine-tag");
  mine.focus();
  await user.keyboard("{Enter}");
  expect(mine).not.toBeInTheDocument();
  await waitFor(() => expect(field("tag")).toHaveFocus());
  hotel.elsewhere.change("2", { title: "Golf" });
  await waitFor(() => card("Golf"));
  expect(field("tag"), "a change elsewhere leads nowhere else").toHaveFocus();
});
