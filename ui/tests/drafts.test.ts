/** Unsaved text survives the end of the program. */
import { cleanup, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { Draft } from "../src/backend/bindings";
import type { MemoryHotel } from "../src/backend/memory";
import App from "../src/console/App.svelte";
import { newFields } from "../src/console/draft";
import { card, field, lastCall, openConsole, retype } from "./window";

const edit = (title: string) => within(card(title)).getByTestId("offer-edit");

/** The draft that was kept last. */
const keptId = (hotel: MemoryHotel) => (lastCall(hotel, "saveDraft")?.[0] as Draft).id;

/** The program ends without a word and is started again. */
async function crash(hotel: MemoryHotel) {
  cleanup();
  render(App, { backend: hotel.open("console-1"), locale: "en-IE" });
  await screen.findByTestId("console");
  return userEvent.setup();
}

/** Another title for an offer, typed, kept, and not saved. */
async function leaveUnsaved() {
  const opened = await openConsole();
  await opened.user.click(edit("Spa weekend"));
  await retype(opened.user, "title", "Mine");
  window.dispatchEvent(new Event("blur"));
  return opened;
}

describe("unsaved text", () => {
  it("of an offer is back after a crash, and saves as if nothing had happened", async () => {
    const { hotel, user } = await openConsole();
    hotel.now = () => new Date().setHours(14, 5);
    await user.click(edit("Spa weekend"));
    await retype(user, "title", "Spa days");
    await retype(user, "valid_to", "2027-02-30");
    await waitFor(() =>
      expect(lastCall(hotel, "saveDraft")?.[0]).toMatchObject({ unreadable: { valid_to: "2027-02-30" } }),
    );

    const again = await crash(hotel);
    expect(await screen.findByTestId("draft-restored")).toHaveTextContent(/^Unsaved changes from 14:05 are back\./);
    expect(field("title")).toHaveValue("Spa days");
    expect(field("valid_to")).toHaveValue("2027-02-30");
    await retype(again, "valid_to", "2027-02-28");
    await again.click(screen.getByTestId("save"));
    expect(lastCall(hotel, "updateOffer")?.[1]).toEqual({ title: { before: "Spa weekend", after: "Spa days" } });
    await waitFor(() => expect(lastCall(hotel, "dropDraft")).toEqual([keptId(hotel)]));
    expect(screen.queryByTestId("draft-restored")).toBeNull();
  });

  it("of a new offer is back, and can be discarded", async () => {
    const { hotel, user } = await openConsole();
    await user.click(screen.getByTestId("new-offer"));
    await user.type(field("title"), "Seaweed");
    window.dispatchEvent(new Event("blur"));
    expect(lastCall(hotel, "saveDraft")?.[0], "kept before the window goes").toMatchObject({
      key: null,
      fields: { title: "Seaweed" },
    });

    const again = await crash(hotel);
    await screen.findByTestId("draft-restored");
    expect(field("title")).toHaveValue("Seaweed");
    await again.click(screen.getByTestId("draft-discard"));
    expect(screen.queryByTestId("editor")).toBeNull();
    await waitFor(() => expect(lastCall(hotel, "dropDraft")).toEqual([keptId(hotel)]));
  });

  it("is discarded at once, but not with what was typed since it came back", async () => {
    const { hotel } = await leaveUnsaved();

    const again = await crash(hotel);
    await screen.findByTestId("draft-restored");
    await again.type(field("tag"), " and more");
    await again.click(screen.getByTestId("draft-discard"));
    expect(await screen.findByText('Leave "Mine" unsaved?')).toBeVisible();
    await again.click(screen.getByTestId("confirm-cancel"));
    expect(field("tag")).toHaveValue("Spa and more");
    window.dispatchEvent(new Event("blur"));

    const third = await crash(hotel);
    await screen.findByTestId("draft-restored");
    expect(field("tag")).toHaveValue("Spa and more");
    await third.click(screen.getByTestId("draft-discard"));
    expect(field("title")).toHaveValue("Spa weekend");
    expect(field("tag")).toHaveValue("Spa");
  });

  it("goes once that question is answered", async () => {
    const { hotel } = await leaveUnsaved();
    const again = await crash(hotel);
    await screen.findByTestId("draft-restored");
    await again.type(screen.getByTestId("photo-url"), "https://hotel.example/terrace.jpg");
    await again.click(screen.getByTestId("draft-discard"));
    await again.click(await screen.findByTestId("confirm-yes"));
    expect(field("title")).toHaveValue("Spa weekend");
    expect(screen.getByTestId("photo-url")).toHaveValue("");
  });

  it("of two new offers comes back with both, one after the other", async () => {
    const { hotel, backend } = await openConsole();
    const kept = async (title: string, at: number) => {
      hotel.now = () => at;
      const fields = { ...newFields(), title, short_description: "Two nights." };
      await backend.saveDraft({
        id: title,
        key: null,
        base: newFields(),
        fields,
        photo: null,
        unreadable: {},
        savedAt: 0,
      });
    };
    await kept("Older", 1_000);
    await kept("Newer", 2_000);
    const again = await crash(hotel);
    await screen.findByTestId("draft-restored");
    expect(field("title")).toHaveValue("Newer");
    await again.type(field("title"), " and longer");
    await again.click(screen.getByTestId("save"));
    await waitFor(() => expect(screen.queryByTestId("draft-restored")).toBeNull());

    await again.click(screen.getByTestId("new-offer"));
    expect(field("title")).toHaveValue("Older");
    expect(screen.getByTestId("draft-restored")).toBeVisible();
  });

  it("of several offers comes back with each; the newest opens by itself", async () => {
    const { hotel, backend } = await openConsole();
    const kept = async (key: string, title: string, at: number) => {
      hotel.now = () => at;
      const { fields } = (await backend.snapshot()).offers.find((offer) => offer.key === key) ?? { fields: null };
      if (!fields) throw new Error(`no offer ${key}`);
      const draft = {
        id: title,
        key,
        base: fields,
        fields: { ...fields, title },
        photo: null,
        unreadable: {},
        savedAt: 0,
      };
      await backend.saveDraft(draft);
    };
    await kept("1", "Spa older", 1_000);
    await kept("2", "Golf newer", 2_000);
    const again = await crash(hotel);
    await screen.findByTestId("draft-restored");
    expect(field("title")).toHaveValue("Golf newer");

    await again.click(screen.getByTestId("draft-discard"));
    expect(field("title")).toHaveValue("Golf & Stay");
    await again.click(edit("Spa weekend"));
    expect(field("title")).toHaveValue("Spa older");
    expect(screen.getByTestId("draft-restored")).toBeVisible();
  });

  it("meets what others did meanwhile: a clash is shown, other fields follow", async () => {
    const { hotel } = await leaveUnsaved();
    cleanup();
    hotel.elsewhere.change("1", { title: "Theirs", tag: "Wellness" });
    const again = await crash(hotel);
    await screen.findByTestId("draft-restored");
    expect(field("title")).toHaveValue("Mine");
    expect(field("tag")).toHaveValue("Wellness");
    await again.click(screen.getByTestId("conflict-theirs-title"));
    expect(field("title")).toHaveValue("Theirs");
  });

  it("of an offer that is gone opens as deleted elsewhere, and can be created again", async () => {
    const { hotel } = await leaveUnsaved();
    cleanup();
    hotel.elsewhere.remove("1");
    const again = await crash(hotel);
    expect(await screen.findByText("Deleted elsewhere while you were editing.")).toBeVisible();
    expect(field("title")).toHaveValue("Mine");
    await again.click(screen.getByTestId("save"));
    expect(lastCall(hotel, "createOffer")?.[0]).toMatchObject({ title: "Mine", tag: "Spa" });
    await waitFor(() => expect(lastCall(hotel, "dropDraft")).toEqual([keptId(hotel)]));
  });

  it("that was given up does not come back", async () => {
    const { hotel, user } = await leaveUnsaved();
    await user.click(screen.getByTestId("cancel"));
    await user.click(await screen.findByTestId("confirm-yes"));
    await waitFor(() => expect(lastCall(hotel, "dropDraft")).toEqual([keptId(hotel)]));
    const asked = () => hotel.calls.filter(({ method }) => method === "drafts").length;
    const before = asked();
    await crash(hotel);
    await waitFor(() => expect(asked()).toBeGreaterThan(before));
    expect(screen.queryByTestId("editor")).toBeNull();
  });

  /** What another window of the same run holds about an offer (null: a new one). */
  async function typedIn(hotel: MemoryHotel, label: string, key: string | null, title: string) {
    const other = hotel.open(label);
    const { fields: base } = (await other.snapshot()).offers.find((offer) => offer.key === key) ?? {
      fields: newFields(),
    };
    await other.saveDraft({
      id: title,
      key,
      base,
      fields: { ...base, title },
      photo: null,
      unreadable: {},
      savedAt: 0,
    });
  }

  it("of another window is left to that window, and comes back with its offer once that was closed", async () => {
    const { hotel, user } = await openConsole();
    await typedIn(hotel, "offer-1", "1", "Mine");
    await user.click(edit("Spa weekend"));
    expect(field("title")).toHaveValue("Spa weekend");
    hotel.windowClosed("offer-1");
    await user.click(edit("Golf & Stay"));
    expect(field("title")).toHaveValue("Golf & Stay");
    await user.click(edit("Spa weekend"));
    await screen.findByTestId("draft-restored");
    expect(field("title")).toHaveValue("Mine");
    expect(await hotel.open("console-2").drafts(), "it is this window's now").toEqual([]);
    await user.click(screen.getByTestId("save"));
    await waitFor(() => expect(lastCall(hotel, "dropDraft")).toEqual(["Mine"]));
  });

  it("of a new offer in a window that was closed is there with the next new offer", async () => {
    const { hotel, user } = await openConsole();
    await typedIn(hotel, "console-2", null, "Seaweed");
    hotel.windowClosed("console-2");
    expect(screen.queryByTestId("editor"), "nothing opens by itself while somebody works").toBeNull();
    await user.click(screen.getByTestId("new-offer"));
    await screen.findByTestId("draft-restored");
    expect(field("title")).toHaveValue("Seaweed");
  });

  it("does not take the place of what is typed by the time it is read", async () => {
    const { hotel, backend, user } = await openConsole();
    await typedIn(hotel, "offer-1", "1", "Mine");
    hotel.windowClosed("offer-1");
    const { drafts } = backend;
    let goOn = () => {};
    const held = new Promise<void>((done) => (goOn = done));
    vi.spyOn(backend, "drafts").mockImplementation(() => held.then(drafts));
    await user.click(edit("Spa weekend"));
    await retype(user, "title", "Typed");
    goOn();
    await user.type(field("title"), " now");
    expect(field("title")).toHaveValue("Typed now");
    expect(screen.queryByTestId("draft-restored")).toBeNull();
    expect(
      (await drafts()).map(({ id }) => id),
      "it waits for the next time",
    ).toEqual(["Mine"]);
  });
});
