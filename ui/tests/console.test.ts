/** The console on a hotel in memory: list, create, edit, delete, what others do. */
import { screen, waitFor, within } from "@testing-library/svelte";
import { toast } from "svelte-sonner";
import { afterEach, describe, expect, it } from "vitest";

import { chosenPhoto } from "./offers";
import { card, field, lastCall, openConsole, retype, titleOf, titles, twoOffers } from "./window";

// Toasts live outside of the components: none may reach the next test.
afterEach(() => void toast.dismiss());

const pick = (label: string) => document.querySelector(`[aria-label="${label}: choose a day"]`) as HTMLElement;
const edit = (title: string) => within(card(title)).getByTestId("offer-edit");

describe("the list", () => {
  it("shows every offer in the server's order, with its state in words", async () => {
    await openConsole();
    expect(titles()).toEqual(["Spa weekend", "Golf & Stay"]);
    expect(within(card("Spa weekend")).getByTestId("offer-state")).toHaveTextContent("Live until 28 Feb");
    expect(within(card("Golf & Stay")).getByTestId("offer-state")).toHaveTextContent("Live, no end date");
    expect(card("Spa weekend")).toHaveAttribute("data-sync", "synced");
  });

  it("narrows by view and by search, and counts every view", async () => {
    const { user } = await openConsole((hotel) => {
      twoOffers(hotel);
      hotel.seed({ title: "New Year Gala", short_description: "Black tie.", is_active: false, sort_order: 3 });
    });
    expect(screen.getByTestId("view-all")).toHaveTextContent("3");
    expect(screen.getByTestId("view-hidden")).toHaveTextContent("1");

    await user.click(screen.getByTestId("view-hidden"));
    expect(titles()).toEqual(["New Year Gala"]);
    expect(screen.getByTestId("view-hidden")).toHaveAttribute("aria-current", "page");

    await user.type(screen.getByTestId("search"), "spa");
    expect(titles()).toEqual([]);
    expect(screen.getByText("Nothing in “Hidden” matches “spa”.")).toBeVisible();
    await user.click(screen.getByText("Search all offers"));
    expect(titles()).toEqual(["Spa weekend"]);
  });

  it("says so when there is no offer yet", async () => {
    await openConsole(() => undefined);
    expect(screen.getByText("No offers yet.")).toBeVisible();
  });

  it("says what is not there of no view or search as long as nothing was ever read", async () => {
    const { user } = await openConsole((hotel) => hotel.offline(null, null));
    const unread = "No offers are known on this computer yet.";
    expect(screen.getByText(unread)).toBeVisible();
    await user.click(screen.getByTestId("view-live"));
    expect(screen.getByText(unread)).toBeVisible();
    expect(screen.queryByText("No offer is live today.")).toBeNull();
    await user.type(screen.getByTestId("search"), "spa");
    expect(screen.getByText(unread)).toBeVisible();
  });

  it("is walked with the arrow keys, Enter edits and Del asks", async () => {
    const { user } = await openConsole();
    titleOf("Spa weekend").focus();
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(document.activeElement).toHaveTextContent("Golf & Stay");
    await user.keyboard("{Enter}");
    expect(field("title")).toHaveValue("Golf & Stay");
    expect(field("title")).toHaveFocus();
    titleOf("Golf & Stay").focus();
    await user.keyboard("{Delete}");
    expect(await screen.findByText('Delete "Golf & Stay"?')).toBeVisible();
  });
});

describe("a new offer", () => {
  it("is checked at its fields before anything is sent", async () => {
    const { hotel, user } = await openConsole();
    await user.click(screen.getByTestId("new-offer"));
    await retype(user, "valid_from", "2026-12-24");
    await retype(user, "valid_to", "2026-12-23");
    await user.click(screen.getByTestId("save"));
    expect(screen.getByTestId("error-title")).toHaveTextContent("Give the offer a title.");
    expect(screen.getByTestId("error-short_description")).toBeVisible();
    expect(screen.getByTestId("error-valid_to")).toHaveTextContent("The end date is before the start date.");
    expect(field("title")).toHaveFocus();
    expect(lastCall(hotel, "createOffer")).toBeUndefined();
  });

  it("appears at once, stays open, and follows its offer to the server's id", async () => {
    const { hotel, user } = await openConsole();
    await user.keyboard("{Control>}n{/Control}");
    await user.type(field("title"), "Seaweed Bath Day");
    await user.type(field("short_description"), "A hot bath of seaweed.");
    expect(within(screen.getByTestId("editor")).getByTestId("guest-card")).toHaveTextContent("Seaweed Bath Day");
    await user.keyboard("{Control>}s{/Control}");

    const made = await waitFor(() => card("Seaweed Bath Day"));
    expect(made.dataset["offerId"]).toMatch(/^new:/);
    expect(made).toHaveAttribute("data-sync", "sending");
    hotel.settle();
    await waitFor(() => expect(card("Seaweed Bath Day")).toHaveAttribute("data-offer-id", "3"));
    expect(card("Seaweed Bath Day"), "the card is the same element").toBe(made);
    expect(screen.getByTestId("save-state")).toHaveTextContent("Saved");

    await retype(user, "tag", "Spa");
    await user.click(screen.getByTestId("save"));
    expect(lastCall(hotel, "updateOffer")).toEqual(["3", { tag: { before: "", after: "Spa" } }, null]);
  });

  it("takes its photo along", async () => {
    const { hotel, user } = await openConsole();
    hotel.pictures.next = chosenPhoto(hotel.pictures.add("data:,"), "bath.jpg", 800, 600, 312_400);
    await user.click(screen.getByTestId("new-offer"));
    await user.type(field("title"), "Bath");
    await user.type(field("short_description"), "Hot.");
    await user.click(screen.getByTestId("photo-pick"));
    expect(await screen.findByText("bath.jpg · 800 × 600 · 312 kB, sent as it is")).toBeVisible();
    expect(screen.getByTestId("photo-preview")).toHaveAttribute("src", "data:,");
    expect(screen.queryByTestId("photo-upload-now"), "nothing to upload to yet").toBeNull();
    await user.click(screen.getByTestId("save"));
    expect(lastCall(hotel, "createOffer")?.[1]).toEqual(hotel.pictures.next);
  });
});

describe("an edit", () => {
  it("stands in no form element, which WebKitGTK would keep in memory for good", async () => {
    const { user } = await openConsole();
    await user.click(edit("Spa weekend"));
    expect(screen.getByRole("form")).toBe(screen.getByTestId("editor"));
    expect(document.querySelector("form")).toBeNull();
  });

  it("sends only the changed fields, with what they had when the editor opened", async () => {
    const { hotel, user } = await openConsole();
    await user.click(edit("Spa weekend"));
    await retype(user, "title", "  Spa days ");
    await retype(user, "valid_to", "28/3/2027");
    await user.click(field("is_active"));
    await user.click(screen.getByTestId("save"));
    expect(lastCall(hotel, "updateOffer")).toEqual([
      "1",
      {
        title: { before: "Spa weekend", after: "Spa days" },
        valid_to: { before: "2027-02-28", after: "2027-03-28" },
        is_active: { before: true, after: false },
      },
      null,
    ]);
    expect(field("title")).toHaveValue("Spa days");
    expect(screen.getByTestId("save-state")).toHaveTextContent("Sending…");
    hotel.settle();
    await waitFor(() => expect(screen.getByTestId("save-state")).toHaveTextContent("Saved"));
  });

  it("shows the server's refusal at the field and keeps what was typed", async () => {
    const { hotel, user } = await openConsole();
    hotel.failNext("updateOffer", "invalid", "The server did not take it.", { book_now_url: ["Enter a valid URL."] });
    await user.click(edit("Spa weekend"));
    await retype(user, "book_now_url", "hotel");
    expect(screen.getByTestId("remark-book_now_url")).toBeVisible();
    await user.click(screen.getByTestId("save"));
    expect(await screen.findByTestId("error-book_now_url")).toHaveTextContent("Enter a valid URL.");
    expect(field("book_now_url")).toHaveValue("hotel");
  });

  it("says a date that is none, and sends nothing", async () => {
    const { hotel, user } = await openConsole();
    await user.click(edit("Spa weekend"));
    await retype(user, "valid_to", "2027-02-30");
    await user.click(screen.getByTestId("save"));
    expect(screen.getByTestId("error-valid_to")).toHaveTextContent("Write the date like 2026-12-24.");
    expect(field("valid_to")).toHaveValue("2027-02-30");
    expect(lastCall(hotel, "updateOffer")).toBeUndefined();
  });

  it("shows a colleague's day where one's own was typed and saved, though the focus is still there", async () => {
    const { hotel, user } = await openConsole();
    await user.click(edit("Spa weekend"));
    await retype(user, "valid_to", "24/12/2026");
    await user.keyboard("{Control>}s{/Control}");
    hotel.settle();
    await waitFor(() => expect(screen.getByTestId("save-state")).toHaveTextContent("Saved"));
    expect(field("valid_to"), "it stays as it was typed").toHaveValue("24/12/2026");

    hotel.elsewhere.change("1", { valid_to: "2026-12-31" });
    await waitFor(() => expect(field("valid_to")).toHaveValue("2026-12-31"));
    expect(field("valid_to")).toHaveFocus();
    await user.type(field("valid_to"), "{Backspace}{Backspace}30{Control>}s{/Control}");
    expect(lastCall(hotel, "updateOffer")?.[1]).toEqual({ valid_to: { before: "2026-12-31", after: "2026-12-30" } });
  });

  it("takes a day from the month beside its field, and Esc closes only the month", async () => {
    const { user } = await openConsole();
    await user.click(edit("Spa weekend"));
    await user.click(pick("To"));
    expect(await screen.findByText("February 2027")).toBeInTheDocument();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByText("February 2027")).toBeNull());
    expect(screen.getByTestId("editor")).toBeVisible();

    await user.click(pick("To"));
    const day = await waitFor(() =>
      document.querySelector<HTMLElement>("[data-calendar-day][data-value='2027-02-14']"),
    );
    await user.click(day as HTMLElement);
    expect(field("valid_to")).toHaveValue("2027-02-14");
    await user.click(pick("To"));
    await user.click(await screen.findByText("No date"));
    expect(field("valid_to")).toHaveValue("");
  });

  it("says a photo that cannot be used in words, and loses nothing", async () => {
    const { hotel, user } = await openConsole();
    await user.click(edit("Spa weekend"));
    await retype(user, "title", "Spa days");
    hotel.failNext("pickPhoto", "photo", "This photo is 12.4 MB; at most 10 MB.");
    await user.click(screen.getByTestId("photo-pick"));
    expect(await screen.findByTestId("error-photo")).toHaveTextContent("at most 10 MB");
    expect(field("title")).toHaveValue("Spa days");
  });

  it("uploads a chosen photo by itself", async () => {
    const { hotel, user } = await openConsole();
    hotel.pictures.next = chosenPhoto("h", "a.jpg", 8, 6, 9_000);
    await user.click(edit("Spa weekend"));
    await retype(user, "title", "Spa days");
    await user.click(screen.getByTestId("photo-pick"));
    await user.click(await screen.findByTestId("photo-upload-now"));
    expect(lastCall(hotel, "uploadPhoto")).toEqual(["1", hotel.pictures.next]);
    expect(field("title"), "the other edits stay").toHaveValue("Spa days");
    expect(screen.getByTestId("save-state")).toHaveTextContent("Not saved yet");
  });

  it("is left without a question when nothing would be lost, and with one otherwise", async () => {
    const { user } = await openConsole();
    await user.click(edit("Spa weekend"));
    expect(field("title")).toHaveFocus();
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("editor")).toBeNull();
    expect(document.activeElement, "the keys go on in the list").toHaveTextContent("Spa weekend");

    await user.click(edit("Spa weekend"));
    await user.type(field("title"), "!");
    await user.keyboard("{Escape}");
    expect(await screen.findByText('Leave "Spa weekend!" unsaved?')).toBeVisible();
    await user.click(screen.getByTestId("confirm-cancel"));
    expect(field("title")).toHaveValue("Spa weekend!");
    await user.click(screen.getByTestId("cancel"));
    await user.click(await screen.findByTestId("confirm-yes"));
    expect(screen.queryByTestId("editor")).toBeNull();
    expect(titles()).toContain("Spa weekend");
  });

  it("stays safe on this computer while offline, and says so", async () => {
    const { hotel, user } = await openConsole();
    hotel.offline(4_000);
    await waitFor(() => expect(screen.getByTestId("connection")).toHaveAttribute("data-state", "offline"));
    await user.click(edit("Spa weekend"));
    await retype(user, "title", "Spa days");
    await user.click(screen.getByTestId("save"));
    await waitFor(() => expect(screen.getByTestId("waiting-count").textContent).toBe("1"));
    expect(screen.getByTestId("save-state")).toHaveTextContent("Safe on this computer, waiting to send");
    expect(card("Spa days")).toHaveAttribute("data-sync", "waiting");
    expect(screen.getByText(/Reconnecting in \d s/)).toBeVisible();
    await user.click(screen.getByTestId("retry-now"));
    hotel.settle();
    await waitFor(() => expect(screen.getByTestId("waiting-count").textContent).toBe("0"));
  });
});

describe("a limit", () => {
  it.each([
    ["title", 200],
    ["tag", 50],
    ["book_now_url", 200],
  ])("of %s counts down while it is edited", async (name, limit) => {
    const { user } = await openConsole();
    await user.click(screen.getByTestId("new-offer"));
    const count = () => screen.queryByTestId(`count-${name}`);
    await user.click(field("short_description"));
    expect(count(), "quiet elsewhere").toBeNull();
    await user.click(field(name));
    expect(count()).toHaveTextContent(`${limit} left`);
    await user.keyboard("Spa");
    expect(count()).toHaveTextContent(`${limit - 3} left`);
    expect(count()).not.toHaveClass("near");
    expect(count(), "nothing to say at every key").toHaveAttribute("aria-hidden", "true");
    expect(field(name)).toHaveAccessibleDescription(expect.stringContaining(`At most ${limit} characters`));

    await user.paste("x".repeat(limit - 13));
    expect(count()).toHaveTextContent("10 left");
    expect(count()).toHaveClass("near");
    await user.paste("x".repeat(12));
    expect(count()).toHaveTextContent("2 too many");
    await user.click(field("short_description"));
    expect(count(), "what is too long stays said").toHaveTextContent("2 too many");
  });
});

describe("the guest card beside the editor", () => {
  const header = {
    ...{ name: "Hotel Killarney", tagline: "", city: "", country: "", phone: "", email: "", website_url: "" },
    ...{ hero: null, logo: null, booking_url: "https://book.example/" },
  };
  const books = () => within(screen.getByTestId("guest-card")).queryByText("Book this offer") !== null;

  it("leads to the hotel's booking page where the offer has no link of its own", async () => {
    const { hotel, user } = await openConsole((hotel) => {
      twoOffers(hotel);
      hotel.header = header;
    });
    await user.click(edit("Spa weekend"));
    await waitFor(() => expect(books()).toBe(true));
    await user.click(edit("Golf & Stay"));
    expect(books(), "known by now").toBe(true);
    expect(hotel.calls.filter(({ method }) => method === "guestPreview")).toHaveLength(1);
  });

  it("has nowhere to book as long as neither is known, and then has", async () => {
    const { hotel, user } = await openConsole();
    await user.click(edit("Spa weekend"));
    await waitFor(() => expect(lastCall(hotel, "guestPreview")).toBeDefined());
    expect(books()).toBe(false);
    hotel.header = header;
    await user.type(field("title"), "s");
    await waitFor(() => expect(books()).toBe(true));
  });

  it("believes only a link that guests can follow", async () => {
    const { user } = await openConsole();
    await user.click(edit("Spa weekend"));
    await retype(user, "book_now_url", "hotel");
    expect(books()).toBe(false);
    await retype(user, "book_now_url", "https://book.example/spa");
    expect(books()).toBe(true);
  });
});

describe("a click on a card", () => {
  it("opens it in the editor and leaves the keys in the list", async () => {
    const { user } = await openConsole();
    await user.click(within(card("Spa weekend")).getByText("Spa weekend"));
    expect(field("title")).toHaveValue("Spa weekend");
    expect(field("title")).not.toHaveFocus();
    await user.click(within(card("Golf & Stay")).getByText("Golf & Stay"));
    expect(field("title")).toHaveValue("Golf & Stay");
  });

  it("never takes an unsaved edit away", async () => {
    const { user } = await openConsole();
    await user.click(edit("Spa weekend"));
    await user.type(field("title"), "!");
    await user.click(within(card("Golf & Stay")).getByText("Golf & Stay"));
    expect(field("title")).toHaveValue("Spa weekend!");
    await user.click(edit("Golf & Stay"));
    expect(await screen.findByText('Leave "Spa weekend!" unsaved?')).toBeVisible();
    await user.click(screen.getByTestId("confirm-yes"));
    expect(field("title")).toHaveValue("Golf & Stay");
  });
});

describe("a deletion", () => {
  // The library's list of toasts outlives the window of a test.
  afterEach(async () => {
    toast.dismiss();
    await waitFor(() => expect(screen.queryByTestId("toast")).toBeNull());
  });

  it("asks once, then is immediate", async () => {
    const { hotel, user } = await openConsole();
    await user.click(within(card("Spa weekend")).getByTestId("offer-delete"));
    expect(await screen.findByText('Delete "Spa weekend"?')).toBeVisible();
    expect(screen.getByText("Guests will no longer see it.")).toBeVisible();
    await user.click(screen.getByTestId("confirm-cancel"));
    expect(lastCall(hotel, "deleteOffer")).toBeUndefined();

    await user.click(within(card("Spa weekend")).getByTestId("offer-delete"));
    await user.click(await screen.findByTestId("confirm-delete"));
    await waitFor(() => expect(titles()).toEqual(["Golf & Stay"]));
    const toasts = screen.getAllByTestId("toast").map((toast) => toast.dataset["kind"]);
    expect(toasts, "one's own deletion is no news, but can be taken back").toEqual(["restore"]);
  });

  it("starts on the safe answer", async () => {
    const { user } = await openConsole();
    await user.click(within(card("Spa weekend")).getByTestId("offer-delete"));
    await waitFor(() => expect(screen.getByTestId("confirm-cancel")).toHaveFocus());
  });
});

describe("what others do", () => {
  it("shows up, glows, and is told only when it is new or gone", async () => {
    const { hotel, user } = await openConsole();
    hotel.elsewhere.change("2", { title: "Golf & Spa" });
    await waitFor(() => expect(card("Golf & Spa")).toHaveClass("glowing"));
    expect(screen.queryByTestId("toast")).toBeNull();

    hotel.elsewhere.create({ title: "Seaweed Bath Day", short_description: "d" });
    const told = await screen.findByTestId("toast");
    expect(told).toHaveTextContent("New offer elsewhere: Seaweed Bath Day");
    await user.click(within(told).getByText("Show"));
    expect(field("title")).toHaveValue("Seaweed Bath Day");
  });

  it("is named when another window of this computer did it", async () => {
    const { hotel } = await openConsole();
    const other = hotel.open("console-2");
    await other.deleteOffer("2");
    expect(await screen.findByTestId("toast")).toHaveTextContent("Deleted in another window: Golf & Stay");
  });

  it("never makes a toast of one's own echo", async () => {
    const { hotel, user } = await openConsole();
    // The library's list of toasts outlives the window of an earlier test.
    toast.dismiss();
    await waitFor(() => expect(screen.queryByTestId("toast")).toBeNull());
    await user.click(screen.getByTestId("new-offer"));
    await user.type(field("title"), "Mine");
    await user.type(field("short_description"), "d");
    await user.click(screen.getByTestId("save"));
    hotel.settle();
    await waitFor(() => expect(card("Mine")).toHaveAttribute("data-sync", "synced"));
    expect(screen.queryByTestId("toast")).toBeNull();
  });

  it("updates an untouched field under the editor, and asks at a touched one", async () => {
    const { hotel, user } = await openConsole();
    await user.click(edit("Spa weekend"));
    await retype(user, "title", "Mine");
    hotel.elsewhere.change("1", { title: "Theirs", tag: "Wellness" });
    await waitFor(() => expect(field("tag")).toHaveValue("Wellness"));
    expect(field("title")).toHaveValue("Mine");
    expect(screen.getByText("Theirs", { selector: ".note strong" })).toBeVisible();

    await user.click(screen.getByTestId("conflict-mine-title"));
    expect(screen.queryByTestId("conflict-mine-title")).toBeNull();
    await user.click(screen.getByTestId("save"));
    expect(lastCall(hotel, "updateOffer")?.[1]).toEqual({ title: { before: "Theirs", after: "Mine" } });
  });

  it("can be taken over at a touched field", async () => {
    const { hotel, user } = await openConsole();
    await user.click(edit("Spa weekend"));
    await retype(user, "title", "Mine");
    hotel.elsewhere.change("1", { title: "Theirs" });
    await user.click(await screen.findByTestId("conflict-theirs-title"));
    expect(field("title")).toHaveValue("Theirs");
    expect(screen.getByTestId("cancel")).toHaveTextContent("Close");
  });

  it("keeps the draft of an offer that was deleted meanwhile", async () => {
    const { hotel, user } = await openConsole();
    await user.click(edit("Spa weekend"));
    await retype(user, "title", "Mine");
    hotel.elsewhere.remove("1");
    expect(await screen.findByText("Deleted elsewhere while you were editing.")).toBeVisible();
    expect(field("title")).toHaveValue("Mine");
    await user.click(screen.getByTestId("save"));
    expect(lastCall(hotel, "createOffer")?.[0]).toMatchObject({ title: "Mine", tag: "Spa" });
  });
});

describe("an edit of an offer with something that could not be saved here", () => {
  it("is saved, and leaves what was not touched as it is", async () => {
    const { hotel, user } = await openConsole((hotel) => {
      hotel.seed({
        title: "Golf ",
        short_description: "s",
        details_text: " Tee",
        valid_from: "2026-12-24",
        valid_to: "2026-12-10",
      });
    });
    await user.click(edit("Golf"));
    await retype(user, "tag", " Sport ");
    await user.click(screen.getByTestId("save"));
    expect(screen.queryByTestId("error-valid_to")).toBeNull();
    expect(lastCall(hotel, "updateOffer")?.[1]).toEqual({ tag: { before: "", after: "Sport" } });
  });

  it("is held up by the order of the dates once one of them is touched", async () => {
    const { hotel, user } = await openConsole((hotel) => {
      hotel.seed({ title: "Golf", short_description: "s", valid_from: "2026-12-24", valid_to: "2026-12-10" });
    });
    await user.click(edit("Golf"));
    await retype(user, "valid_from", "2026-12-23");
    await user.click(screen.getByTestId("save"));
    expect(screen.getByTestId("error-valid_to")).toHaveTextContent("The end date is before the start date.");
    expect(lastCall(hotel, "updateOffer")).toBeUndefined();
  });
});

describe("a conflict", () => {
  it("shows both versions and sends what was picked", async () => {
    const { hotel, backend, user } = await openConsole();
    hotel.offline();
    await backend.updateOffer("1", { title: { before: "Spa weekend", after: "Mine" } }, null);
    await backend.updateOffer("1", { tag: { before: "Spa", after: "My tag" } }, null);
    hotel.elsewhere.change("1", { title: "Theirs", tag: "Their tag" });
    await waitFor(() => expect(card("Mine")).toHaveAttribute("data-sync", "conflict"));
    expect(screen.getByTestId("view-attention")).toHaveTextContent("1");

    await user.click(edit("Mine"));
    expect(screen.getByTestId("conflict")).toBeVisible();
    expect(screen.getByTestId("save")).toBeDisabled();
    await user.click(screen.getByTestId("conflict-theirs-title"));
    expect(screen.getByTestId("save-state")).toHaveTextContent("1 field to settle");
    await user.click(screen.getByTestId("conflict-mine-tag"));
    await user.click(screen.getByTestId("save"));
    expect(lastCall(hotel, "resolveConflict")).toEqual([
      "1",
      [
        { field: "title", side: "theirs", theirs: "Theirs" },
        { field: "tag", side: "mine", theirs: "Their tag" },
      ],
    ]);
    await waitFor(() => expect(screen.queryByTestId("conflict")).toBeNull());
    expect(field("title")).toHaveValue("Theirs");
    expect(field("tag")).toHaveValue("My tag");
  });
});

describe("a parked change", () => {
  it("says why at its field, and can be tried again or discarded", async () => {
    const { hotel, backend, user } = await openConsole();
    await backend.updateOffer("1", { title: { before: "Spa weekend", after: "Spa days" } }, null);
    hotel.park("1", "The server did not take this change.", { title: ["This title is taken."] });
    await user.click(edit(await waitFor(() => card("Spa days")).then(() => "Spa days")));
    expect(screen.getByTestId("error-title")).toHaveTextContent("This title is taken.");
    await user.click(screen.getByTestId("try-again"));
    expect(lastCall(hotel, "retryOffer")).toEqual(["1"]);

    hotel.park("1", "No again.");
    await user.click(await screen.findByTestId("discard"));
    await user.click(await screen.findByTestId("confirm-yes"));
    await waitFor(() => expect(field("title")).toHaveValue("Spa weekend"));
    expect(card("Spa weekend")).toHaveAttribute("data-sync", "synced");
  });

  it("says what was refused of several fields in the same words", async () => {
    const { hotel, user } = await openConsole();
    hotel.park("1", "Not taken.", { hotel: ["This is required."], season: ["This is required."] });
    await user.click(edit("Spa weekend"));
    expect(within(await screen.findByTestId("parked")).getAllByText("This is required.")).toHaveLength(2);
  });
});

it("two windows edit independently", async () => {
  const { hotel, user } = await openConsole();
  const other = hotel.open("console-2");
  await user.click(edit("Spa weekend"));
  await retype(user, "title", "From one");
  await other.updateOffer("2", { title: { before: "Golf & Stay", after: "From two" } }, null);
  await waitFor(() => expect(titles()).toContain("From two"));
  expect(field("title")).toHaveValue("From one");
});

describe("an expired sign-in", () => {
  it("keeps everything visible and takes the password in place", async () => {
    const { hotel, backend, user } = await openConsole();
    hotel.offline();
    await backend.updateOffer("1", { title: { before: "Spa weekend", after: "Spa days" } }, null);
    hotel.expire();
    expect(await screen.findByText("Sign in again to send 1 change.")).toBeVisible();
    expect(titles()).toContain("Spa days");

    hotel.failNext("signIn", "wrong-credentials", "Unable to log in with provided credentials.");
    await user.type(screen.getByTestId("expired-password"), "nope{Enter}");
    expect(await screen.findByTestId("expired-error")).toHaveTextContent("Unable to log in");
    expect(screen.getByTestId("expired-password")).toHaveValue("nope");
    await user.click(screen.getByTestId("expired-submit"));
    await waitFor(() => expect(screen.queryByTestId("expired")).toBeNull());
    expect(lastCall(hotel, "signIn")?.[0]).toMatchObject({ username: "frontdesk" });
  });
});

it("a sign-in that no keyring holds is said, and kept in a file only on request", async () => {
  const { hotel, user } = await openConsole(twoOffers, { tokenKept: "this-run" });
  expect(screen.getByTestId("keyring-note")).toHaveTextContent("no keyring");
  await user.click(screen.getByTestId("keep-in-file"));
  expect(lastCall(hotel, "keepTokenInFile")).toEqual([]);
  await waitFor(() => expect(screen.queryByTestId("keyring-note")).toBeNull());
});

it("a command that fails with no place of its own is said in the status bar", async () => {
  const { hotel, user } = await openConsole();
  hotel.failNext("openConsoleWindow", "internal", "The window could not be opened.");
  await user.keyboard("{Control>}{Shift>}n{/Shift}{/Control}");
  expect(await screen.findByText("The window could not be opened.")).toBeVisible();
});

it("what failed stays said while the menu follows what is selected", async () => {
  const { hotel, user } = await openConsole();
  await waitFor(() => expect(hotel.outside.menu).not.toEqual([]));
  hotel.failNext("openConsoleWindow", "internal", "The window could not be opened.");
  await user.keyboard("{Control>}{Shift>}n{/Shift}{/Control}");
  await screen.findByText("The window could not be opened.");
  titleOf("Spa weekend").focus();
  await user.keyboard("{ArrowDown}");
  await waitFor(() => expect(hotel.outside.menu).toContain("edit"));
  expect(screen.getByText("The window could not be opened.")).toBeVisible();
});

it("the window is shown once, after its first frame", async () => {
  const { hotel } = await openConsole();
  await waitFor(() => expect(lastCall(hotel, "windowReady")).toEqual([]));
  hotel.elsewhere.change("1", { title: "x" });
  await waitFor(() => card("x"));
  expect(hotel.calls.filter((call) => call.method === "windowReady")).toHaveLength(1);
});
