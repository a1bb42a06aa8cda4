/** Choosing a photo in the window: where it comes from, what is said of it, cutting it, and what is on its way. */
import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { MemoryHotel } from "../src/backend/memory";
import { chosenPhoto } from "./offers";
import { card, field, lastCall, openConsole, retype, titles } from "./window";

/** A phone's picture, of another shape than the card. */
function phonePicture(hotel: MemoryHotel): void {
  hotel.pictures.next = {
    ...chosenPhoto(hotel.pictures.add("data:,sent"), "terrace.jpg", 2048, 1536, 412_000),
    source: {
      chosen: {
        hash: hotel.pictures.add("data:,file"),
        name: "terrace.jpg",
        width: 4032,
        height: 3024,
        bytes: 5_140_000,
      },
      crop: null,
      advice: ["Turned upright.", "The place where it was taken has been removed."],
    },
  };
}

async function openEditor() {
  const opened = await openConsole();
  phonePicture(opened.hotel);
  await opened.user.click(within(card("Spa weekend")).getByTestId("offer-edit"));
  return opened;
}

describe("a chosen photo", () => {
  it("says what it was, what is sent, and what was done to it", async () => {
    const { user } = await openEditor();
    await user.click(screen.getByTestId("photo-pick"));
    expect(await screen.findByText("Sent as 2048 × 1536 · 412 kB")).toBeVisible();
    expect(screen.getByTestId("photo-sizes")).toHaveTextContent("terrace.jpg · 4032 × 3024 · 5.1 MB");
    expect(screen.getByTestId("photo-advice")).toHaveTextContent("The place where it was taken has been removed.");
    expect(screen.getByTestId("guest-card").querySelector("img")).toHaveAttribute("src", "data:,sent");
  });

  it("is cut to the card around a point that the arrow keys move", async () => {
    const { hotel, user } = await openEditor();
    await user.click(screen.getByTestId("photo-pick"));
    await user.click(await screen.findByTestId("photo-crop"));
    const frame = await screen.findByTestId("photo-crop-frame");
    expect(lastCall(hotel, "preparePhoto")?.[1]).toEqual({ x: 500, y: 500 });
    frame.focus();
    await user.keyboard("{ArrowUp}");
    await waitFor(() => expect(lastCall(hotel, "preparePhoto")?.[1]).toEqual({ x: 500, y: 480 }));
    expect(screen.getByTestId("photo-crop-frame")).toHaveAttribute("aria-orientation", "vertical");
  });

  it("is cut once for a key that is held down, where the frame stood last", async () => {
    const { hotel, user } = await openEditor();
    await user.click(screen.getByTestId("photo-pick"));
    await user.click(await screen.findByTestId("photo-crop"));
    const frame = await screen.findByTestId("photo-crop-frame");
    const cuts = () => hotel.calls.filter(({ method }) => method === "preparePhoto").length;
    const before = cuts();
    frame.focus();
    const places = [Number(frame.ariaValueNow)];
    for (let step = 0; step < 3; step++) {
      await fireEvent.keyDown(frame, { key: "ArrowUp" });
      places.push(Number(frame.ariaValueNow));
    }
    expect(places, "it moves with each step").toEqual([...new Set(places)].sort((a, b) => b - a));
    expect(places).toHaveLength(4);
    await fireEvent.keyUp(frame, { key: "ArrowUp" });
    await waitFor(() => expect(lastCall(hotel, "preparePhoto")?.[1]).toEqual({ x: 500, y: 440 }));
    expect(cuts() - before).toBe(1);
  });

  it("goes on being prepared while another could be chosen, and is not", async () => {
    const { hotel, backend, user } = await openEditor();
    const made = hotel.pictures.next;
    if (!made) throw new Error("there is a picture to choose");
    let finish = () => {};
    vi.spyOn(backend, "preparePhoto").mockReturnValue(new Promise((done) => (finish = () => done(made))));
    await user.click(screen.getByTestId("photo-pick"));
    await screen.findByText("Preparing the photo…");
    hotel.pictures.next = null;
    await user.click(screen.getByTestId("photo-pick"));
    expect(screen.getByText("Preparing the photo…")).toBeVisible();
    finish();
    expect(await screen.findByText("Sent as 2048 × 1536 · 412 kB")).toBeVisible();
  });

  it("that cannot be used says why, and the one before stays", async () => {
    const { hotel, user } = await openEditor();
    await user.click(screen.getByTestId("photo-pick"));
    await screen.findByText("Sent as 2048 × 1536 · 412 kB");
    hotel.failNext("preparePhoto", "photo", "This picture is damaged or incomplete.");
    await user.click(screen.getByTestId("photo-pick"));
    expect(await screen.findByTestId("error-photo")).toHaveTextContent("damaged");
    expect(screen.getByText("Sent as 2048 × 1536 · 412 kB")).toBeVisible();
  });

  it("comes from the web by its address", async () => {
    const { hotel, user } = await openEditor();
    await user.type(screen.getByTestId("photo-url"), "https://example.com/a.jpg{Enter}");
    expect(await screen.findByText("Sent as 2048 × 1536 · 412 kB")).toBeVisible();
    expect(lastCall(hotel, "photoAt")).toEqual(["https://example.com/a.jpg"]);
    expect(screen.getByTestId("photo-url")).toHaveValue("");
  });

  it("keeps an address that was refused, to be corrected or let go with Esc", async () => {
    const { hotel, user } = await openEditor();
    hotel.failNext("photoAt", "photo", "Only https addresses are fetched.");
    await user.type(screen.getByTestId("photo-url"), "http://192.0.2.1/a.jpg");
    await user.click(screen.getByTestId("photo-url-fetch"));
    expect(await screen.findByTestId("error-photo")).toHaveTextContent("https");
    expect(screen.getByTestId("photo-url")).toHaveValue("http://192.0.2.1/a.jpg");
    await user.type(screen.getByTestId("photo-url"), "{Escape}");
    expect(screen.getByTestId("photo-url")).toHaveValue("");
    expect(screen.getByTestId("editor"), "only the address goes").toBeInTheDocument();
  });

  it("whose address was typed is fetched by the save", async () => {
    const { hotel, user } = await openEditor();
    await user.type(screen.getByTestId("photo-url"), "https://example.com/a.jpg");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(lastCall(hotel, "updateOffer")).toBeDefined());
    expect(lastCall(hotel, "photoAt")).toEqual(["https://example.com/a.jpg"]);
    expect(lastCall(hotel, "updateOffer")?.[2]).toMatchObject({ set: {} });
    expect(screen.getByTestId("photo-url")).toHaveValue("");
  });

  it("whose address leads nowhere is not forgotten by the save", async () => {
    const { hotel, user } = await openEditor();
    hotel.failNext("photoAt", "photo", "Only https addresses are fetched.");
    await user.type(screen.getByTestId("photo-url"), "http://192.0.2.1/a.jpg");
    await user.click(screen.getByTestId("save"));
    expect(await screen.findByTestId("save-state")).toHaveTextContent("correct the photo's address, or empty it");
    expect(lastCall(hotel, "updateOffer")).toBeUndefined();
    await user.click(screen.getByTestId("cancel"));
    expect(screen.getByRole("alertdialog"), "what was typed would be lost").toBeInTheDocument();
  });

  it("that is still to come is waited for by a save, which says so", async () => {
    const { hotel, backend, user } = await openEditor();
    const { next } = hotel.pictures;
    const picture = next?.source?.chosen;
    if (!picture) throw new Error("there is a picture to fetch");
    let answer = () => {};
    vi.spyOn(backend, "photoAt").mockReturnValue(new Promise((done) => (answer = () => done(picture))));
    await user.type(screen.getByTestId("photo-url"), "https://example.com/a.jpg{Enter}");
    await user.click(screen.getByTestId("save"));
    expect(screen.getByTestId("save-state")).toHaveTextContent("Saving when the photo is ready…");
    expect(screen.getByTestId("save")).toBeDisabled();
    expect(lastCall(hotel, "updateOffer")).toBeUndefined();
    answer();
    await waitFor(() => expect(lastCall(hotel, "updateOffer")?.[2]).toMatchObject({ set: { hash: next.hash } }));
  });

  it("is not taken behind a dialog", async () => {
    const { hotel, user } = await openConsole();
    await user.keyboard("{Control>},{/Control}");
    await screen.findByTestId("settings");
    await fireEvent.paste(document.body, { clipboardData: { types: ["image/png"] } });
    expect(lastCall(hotel, "pastePhoto")).toBeUndefined();
    expect(screen.queryByTestId("editor")).toBeNull();
  });

  it("is pasted, and text goes where it is typed", async () => {
    const { hotel } = await openEditor();
    const text = { types: ["text/plain"], getData: () => "Spa" };
    await fireEvent.paste(field("title"), { clipboardData: text });
    expect(lastCall(hotel, "pastePhoto")).toBeUndefined();
    await fireEvent.paste(document.body, { clipboardData: { types: ["image/png"] } });
    expect(await screen.findByText("Sent as 2048 × 1536 · 412 kB")).toBeVisible();
  });
});

describe("dropped files", () => {
  it("show where they go, and one becomes the photo", async () => {
    const { hotel } = await openEditor();
    hotel.outside.files("over");
    expect(await screen.findByText("Drop the photo anywhere in this window.")).toBeVisible();
    hotel.outside.files({ dropped: ["terrace.jpg"] });
    expect(await screen.findByText("Sent as 2048 × 1536 · 412 kB")).toBeVisible();
    expect(screen.queryByText("Drop the photo anywhere in this window.")).toBeNull();
  });

  it("are seen in the editor, whatever stood over it", async () => {
    const { hotel, user } = await openEditor();
    await user.click(screen.getByTestId("show-handover"));
    await screen.findByTestId("handover");
    expect(screen.queryByTestId("editor")).toBeNull();
    hotel.outside.files({ dropped: ["one.jpg", "two.jpg"] });
    await user.click(within(await screen.findByTestId("photo-choices")).getByText("two.jpg"));
    expect(await screen.findByText("Sent as 2048 × 1536 · 412 kB")).toBeVisible();
    expect(screen.queryByTestId("handover")).toBeNull();
  });

  it("are asked about when there are several", async () => {
    const { hotel, user } = await openEditor();
    hotel.outside.files({ dropped: ["one.jpg", "two.jpg"] });
    const choices = await screen.findByTestId("photo-choices");
    expect(lastCall(hotel, "dropPhoto")).toBeUndefined();
    await user.click(within(choices).getByText("two.jpg"));
    expect(lastCall(hotel, "dropPhoto")).toEqual([1]);
    expect(await screen.findByText("Sent as 2048 × 1536 · 412 kB")).toBeVisible();
  });

  it("begin a new offer when none is being edited", async () => {
    const { hotel } = await openConsole();
    phonePicture(hotel);
    hotel.outside.files({ dropped: ["terrace.jpg"] });
    expect(await screen.findByText("Sent as 2048 × 1536 · 412 kB")).toBeVisible();
    expect(field("title")).toHaveValue("");
    expect(titles()).toHaveLength(2);
  });
});

describe("a photo", () => {
  const words = () => screen.getByTestId("photo-sizes");

  it("is said to be seen by guests only once it is at the hotel", async () => {
    const { hotel, user } = await openEditor();
    await user.click(screen.getByTestId("photo-pick"));
    await screen.findByText("Sent as 2048 × 1536 · 412 kB");
    await user.click(screen.getByTestId("save"));
    hotel.uploads("1", 0, 412_000);
    hotel.offline();
    expect(await screen.findByText("The photo waits to be sent.")).toBeVisible();
    expect(words()).toHaveTextContent("This photo is not at the hotel yet.");
    hotel.online();
    hotel.settle();
    await waitFor(() => expect(words()).toHaveTextContent("The photo guests see."));
    hotel.look("1", { state: "differs", at: Date.now(), differences: [{ what: "photo" }] });
    await waitFor(() => expect(words()).toHaveTextContent("The photo of this offer."));
  });

  it("of a new offer is not at the hotel before the offer is", async () => {
    const { hotel, user } = await openConsole();
    phonePicture(hotel);
    hotel.offline();
    await user.keyboard("{Control>}n{/Control}");
    await user.type(field("title"), "Bath");
    await user.type(field("short_description"), "Hot.");
    await user.click(screen.getByTestId("photo-pick"));
    await screen.findByText("Sent as 2048 × 1536 · 412 kB");
    await user.click(screen.getByTestId("save"));
    await waitFor(() => expect(words()).toHaveTextContent("This photo is not at the hotel yet."));
  });

  it("of a hidden offer is not said to be seen by guests", async () => {
    const { user } = await openConsole((hotel) => {
      hotel.seed({ title: "Gala", short_description: "d", is_active: false }, "data:,gala");
    });
    await user.click(within(card("Gala")).getByTestId("offer-edit"));
    expect(words()).toHaveTextContent("The photo of this offer.");
  });

  it("that is at the hotel is not taken for one that waits because of another change", async () => {
    const { hotel, user } = await openConsole((hotel) => {
      hotel.seed({ title: "Gala", short_description: "d" }, "data:,gala");
    });
    await user.click(within(card("Gala")).getByTestId("offer-edit"));
    expect(words()).toHaveTextContent("The photo guests see.");
    hotel.offline();
    await retype(user, "tag", "Spa");
    await user.click(screen.getByTestId("save"));
    await waitFor(() => expect(words()).toHaveTextContent("The photo of this offer."));
  });
});

describe("an upload", () => {
  it("shows how far it is, and can be stopped", async () => {
    const { hotel, user } = await openEditor();
    hotel.uploads("1", 300_000, 1_200_000);
    const bar = await screen.findByTestId("photo-progress");
    expect(bar).toHaveAttribute("value", "300000");
    expect(bar).toHaveAttribute("max", "1200000");
    expect(screen.getByText("300 kB of 1.2 MB")).toBeVisible();
    await user.click(screen.getByTestId("photo-cancel"));
    expect(lastCall(hotel, "cancelUpload")).toEqual(["1"]);
    await waitFor(() => expect(screen.queryByTestId("photo-progress")).toBeNull());
  });

  it("that could not be stopped says so, and goes on", async () => {
    const { hotel, user } = await openEditor();
    hotel.uploads("1", 300_000, 1_200_000);
    hotel.failNext("cancelUpload", "storage", "The disk is full.");
    await user.click(await screen.findByTestId("photo-cancel"));
    expect(await screen.findByTestId("photo-cancel-error")).toHaveTextContent("Not stopped: The disk is full.");
    expect(screen.getByTestId("photo-progress")).toHaveAttribute("value", "300000");
  });
});

describe("an offer that is created again after somebody deleted it", () => {
  async function deleted(prepare: (hotel: MemoryHotel) => void = () => undefined) {
    const opened = await openConsole((hotel) => {
      hotel.seed({ title: "Spa weekend", short_description: "d" }, "data:,spa");
      prepare(hotel);
    });
    await opened.user.click(within(card("Spa weekend")).getByTestId("offer-edit"));
    await retype(opened.user, "title", "Spa days");
    opened.hotel.elsewhere.remove("1");
    await screen.findByText("Deleted elsewhere while you were editing.");
    return opened;
  }

  it("has its photo again", async () => {
    const { hotel, user } = await deleted();
    expect(screen.getByTestId("photo-preview")).toHaveAttribute("src", "data:,spa");
    await user.click(screen.getByTestId("save"));
    await waitFor(() => expect(lastCall(hotel, "createOffer")?.[1]).toMatchObject({ hash: "picture-1" }));
    expect(screen.queryByTestId("error-photo")).toBeNull();
  });

  it("has none if that was removed", async () => {
    const { hotel, user } = await deleted();
    await user.click(screen.getByTestId("photo-remove"));
    expect(screen.queryByTestId("photo-preview")).toBeNull();
    await user.click(screen.getByTestId("save"));
    await waitFor(() => expect(lastCall(hotel, "createOffer")?.[1]).toBeNull());
    expect(screen.queryByTestId("error-photo")).toBeNull();
  });

  it("says that its photo is not on this computer any more", async () => {
    const { hotel, user } = await deleted((hotel) => hotel.pictures.forget("picture-1"));
    await user.click(screen.getByTestId("save"));
    expect(await screen.findByTestId("error-photo")).toHaveTextContent("Created again without its photo");
    expect(lastCall(hotel, "createOffer")?.[1]).toBeNull();
    await retype(user, "tag", "Spa");
    await user.click(screen.getByTestId("save"));
    await waitFor(() => expect(screen.queryByTestId("error-photo")).toBeNull());
  });
});
