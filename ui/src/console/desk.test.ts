/** What a desk keeps, and what it gives up, when offers and accounts go. Screens are tested with the hotel in memory. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { chosenPhoto, offer } from "../../tests/offers";
import type { Backend } from "../backend/backend";
import type { Batch, ChosenPhoto, Draft, Notice, Problem, Session, Snapshot, ViewChange } from "../backend/bindings";
import { Desk } from "./desk.svelte";
import { newFields } from "./draft";
import type { EditorSession } from "./editor.svelte";
import { DELAY_MS } from "./keeper";

const signedIn = (username: string, demo = false): Session => ({
  state: "signed-in",
  account: { username, hotelName: "Hotel Killarney", hotelSlug: "killarney", apiUrl: "https://hotel.example/api" },
  demo,
  tokenKept: "keyring",
});
const SIGNED_OUT: Session = { state: "signed-out" };
const CHANGED: Problem = { code: "changed", message: "Changed elsewhere since you deleted it.", fields: null };

const draft = (key: string | null, title: string): Draft => ({
  id: title,
  key,
  base: { ...newFields(), title: `Offer ${key}`, short_description: "d" },
  fields: { ...newFields(), title, short_description: "d" },
  photo: null,
  unreadable: {},
  savedAt: 1,
});

const replaced = (id: number): Notice => ({
  id,
  kind: "replaced",
  title: "Offer 1",
  key: "1",
  by: "elsewhere",
  origin: null,
  replaced: [{ field: "title", before: "Theirs", after: "Mine" }],
});

/** A desk on offers 1 and 2, and what it asked for and told since. */
async function desk({ drafts = [] as Draft[] } = {}) {
  let send: (batch: Batch) => void = () => expect.unreachable("no subscription yet");
  const hotel: Snapshot & { drafts: Draft[] } = {
    seq: 1,
    session: signedIn("anna"),
    connection: { state: "live", retryAt: null, lastSynced: 1, waiting: 0, message: null, storage: null },
    settings: { timeZone: null, alerts: {} },
    today: "2026-11-22",
    offers: [offer(1), offer(2)],
    drafts,
  };
  const asked: string[] = [];
  const ask = (what: string) => (asked.push(what), Promise.resolve());
  const told: string[] = [];
  const web = { answers: (_: ChosenPhoto) => {}, fails: (_: Error) => {} };
  const backend = {
    windowLabel: "w",
    offer: null,
    isFirstWindow: true,
    subscribe: (onBatch: (batch: Batch) => void) => {
      send = onBatch;
      return Promise.resolve(() => undefined);
    },
    snapshot: () => Promise.resolve(structuredClone(hotel)),
    drafts: () => Promise.resolve(structuredClone(hotel.drafts)),
    guestPageIsServed: () => Promise.resolve(false),
    saveDraft: ({ fields }: Draft) => ask(`save ${fields.title}`),
    dropDraft: () => ask("drop"),
    updateOffer: (key: string) => ask(`update ${key}`),
    deleteOffer: (key: string) => ask(`delete ${key}`),
    cancelSignOut: () => ask("stay"),
    discardChanges: (key: string) => ask(`discard ${key}`),
    takeLink: () => Promise.resolve(null),
    photoAt: () => new Promise((answers, fails) => Object.assign(web, { answers, fails })),
    preparePhoto: () => Promise.resolve(chosenPhoto("p", "terrace.jpg", 1600, 900, 200_000)),
  } as Partial<Backend> as Backend;
  const desk = new Desk(backend, "en-IE", {
    tell: ({ id, key }) => void told.push(`${id} about ${key}`),
    offerBack: (what) => void told.push(`have ${what} back`),
    clear: () => void told.push("nothing any more"),
  });
  await desk.store.start();
  await vi.advanceTimersByTimeAsync(0);
  told.length = 0;
  const batch = async (...changes: ViewChange[]) => {
    send({ seq: ++hotel.seq, changes });
    await vi.advanceTimersByTimeAsync(0);
  };
  return {
    desk,
    hotel,
    asked,
    told,
    web,
    batch,
    /** The engine has another session: windows read everything anew. */
    become: (session: Session, ...before: ViewChange[]) => {
      hotel.session = session;
      return batch(...before, { type: "reset" }, { type: "session", session });
    },
    /** Offer 1 stands open, with text that is not saved. */
    type: (title: string) => {
      desk.edit("1");
      desk.editor?.set("title", title);
    },
    /** This window's user deletes offer 1. */
    deletes: () => {
      desk.askDelete("1");
      return desk.confirm();
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what is typed and not saved", () => {
  it("goes with the offer that this window deletes", async () => {
    const { desk: here, type, deletes, batch } = await desk();
    type("Mine");
    await deletes();
    await batch({ type: "removed", key: "1" });
    expect(here.editor).toBeNull();
  });

  it("goes with the offer that this window deletes among others", async () => {
    const { desk: here, type, batch } = await desk();
    type("Mine");
    void here.doToAll({ what: "delete" }, here.store.offers);
    await here.confirm();
    await vi.advanceTimersByTimeAsync(0);
    await batch({ type: "removed", key: "1" });
    expect(here.editor).toBeNull();
  });

  it("goes with an offer that gets its id while this window deletes it", async () => {
    const { desk: here, deletes, batch } = await desk();
    await batch({ type: "renamed", from: "1", to: "new:1" });
    here.edit("new:1");
    here.editor?.set("title", "Mine");
    await deletes();
    await batch({ type: "renamed", from: "new:1", to: "9" });
    await batch({ type: "removed", key: "9" });
    expect(here.editor).toBeNull();
  });

  it("stays when somebody else deletes an offer that this window once deleted and then kept", async () => {
    const { desk: here, type, deletes, batch } = await desk();
    await deletes();
    await batch({ type: "removed", key: "1" });
    await batch({ type: "offer", offer: offer(1, {}, { sync: "parked", problem: CHANGED }), remote: true });
    await batch({ type: "offer", offer: offer(1), remote: false });
    type("Mine");
    await batch({ type: "removed", key: "1" });
    expect(here.editor?.draft.title).toBe("Mine");
    expect(here.editor?.gone).toBe(true);
  });

  it("stays also when the deletion was parked so soon that the offer never went", async () => {
    const { desk: here, type, deletes, batch } = await desk();
    await deletes();
    await batch({ type: "offer", offer: offer(1, {}, { sync: "parked", problem: CHANGED }), remote: true });
    await batch({ type: "offer", offer: offer(1), remote: false });
    type("Mine");
    await batch({ type: "removed", key: "1" });
    expect(here.editor?.gone).toBe(true);
  });

  it("stays also when that was read with everything else", async () => {
    const { desk: here, hotel, type, deletes, batch } = await desk();
    await deletes();
    hotel.offers = [offer(1, {}, { sync: "parked", problem: CHANGED }), offer(2)];
    await batch({ type: "reset" });
    await batch({ type: "offer", offer: offer(1), remote: false });
    type("Mine");
    await batch({ type: "removed", key: "1" });
    expect(here.editor?.gone).toBe(true);
  });

  it("stays when another account has an offer by the name of one that this window deleted", async () => {
    const { desk: here, type, deletes, batch, become } = await desk();
    await deletes();
    await become(SIGNED_OUT);
    await become(signedIn("bela"));
    type("Mine");
    await batch({ type: "removed", key: "1" });
    expect(here.editor?.gone).toBe(true);
  });
});

function typeAddress(editor: EditorSession | null | undefined, address: string): void {
  if (!editor) throw new Error("no editor is open");
  editor.photoChoice.address = address;
  void editor.photoChoice.fetch();
}

describe("a save that waits for a photo", () => {
  const picture: ChosenPhoto = { hash: "f", name: "terrace.jpg", width: 1600, height: 900, bytes: 200_000 };

  /** Offer 1 stands open with another title, a photo is being fetched for it, and Save was pressed. */
  async function waiting() {
    const opened = await desk();
    opened.type("Mine");
    const { editor } = opened.desk;
    if (!editor) throw new Error("no editor is open");
    typeAddress(editor, "https://hotel.example/terrace.jpg");
    void opened.desk.save();
    await vi.advanceTimersByTimeAsync(0);
    const sent = () => opened.asked.filter((what) => what.startsWith("update"));
    const comes = async (photo: ChosenPhoto | Error = picture) => {
      if (photo instanceof Error) opened.web.fails(photo);
      else opened.web.answers(photo);
      await vi.advanceTimersByTimeAsync(0);
    };
    return { ...opened, editor, sent, comes };
  }

  it("goes on when the photo is there, once", async () => {
    const { desk: here, editor, sent, comes } = await waiting();
    expect([editor.waiting, sent()]).toEqual([true, []]);
    void here.save();
    await comes();
    expect([editor.waiting, sent()]).toEqual([false, ["update 1"]]);
    expect(editor.dirty).toBe(false);
  });

  it("is held back by a photo that cannot be had, until its address is let go", async () => {
    const { desk: here, editor, sent, comes } = await waiting();
    await comes(new Error("There is no picture at this address."));
    expect(sent(), "guests would see it without its photo").toEqual([]);
    expect(editor.failure).toBe("Not saved yet: correct the photo's address, or empty it.");
    expect(editor.photoError).toContain("no picture at this address");
    expect(editor.dirty).toBe(true);
    editor.photoChoice.address = "";
    await here.save();
    expect(sent()).toEqual(["update 1"]);
  });

  it("waits for the photo that was chosen last", async () => {
    const { editor, web, sent, comes } = await waiting();
    const { answers } = web;
    typeAddress(editor, "https://hotel.example/lake.jpg");
    answers(picture);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent()).toEqual([]);
    await comes();
    expect(sent()).toEqual(["update 1"]);
  });

  it("ends with its editor", async () => {
    const { desk: here, sent, comes } = await waiting();
    here.closeEditor();
    expect(here.question?.about).toBe("leave");
    await here.confirm();
    await comes();
    expect(sent()).toEqual([]);
  });

  it("ends with the session: the next one is somebody else's", async () => {
    const { become, sent, comes } = await waiting();
    await become(signedIn("bela"));
    await comes();
    expect(sent()).toEqual([]);
  });

  it.each(["text", "photo"])("ends when the %s is given up that it was about", async (what) => {
    const { desk: here, editor, sent, comes } = await waiting();
    if (what === "text") here.discardDraft();
    else editor.removePhoto(true);
    expect(editor.waiting).toBe(false);
    await comes();
    expect(sent()).toEqual([]);
    expect(editor.photo).toBe(what === "text" ? null : "remove");
  });
});

it("a photo that is being fetched is lost by closing, which is asked about", async () => {
  const { desk: here, web } = await desk();
  here.edit("1");
  typeAddress(here.editor, "https://hotel.example/terrace.jpg");
  here.closeEditor();
  expect(here.question?.about).toBe("leave");
  here.question = null;
  here.choose("2");
  expect(here.editor?.key).toBe("1");
  web.fails(new Error("There is no picture at this address."));
  await vi.advanceTimersByTimeAsync(0);
  if (here.editor) here.editor.photoChoice.address = "";
  here.closeEditor();
  expect(here.editor, "nothing would be lost any more").toBeNull();
});

describe("another account that takes the place of one without a sign-out", () => {
  it.each([
    ["another user", signedIn("bela")],
    ["the demo hotel", signedIn("anna", true)],
  ])("(%s) finds no editor, and no unsaved text", async (_, session) => {
    const opened = await desk({ drafts: [draft("1", "Newest"), draft("2", "Older")] });
    const { desk: here, hotel, become, asked } = opened;
    expect(here.editor?.draft.title).toBe("Newest");
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    asked.length = 0;
    here.editor?.set("title", "Typed just now");

    hotel.drafts = [];
    await become(session);
    expect(here.editor).toBeNull();
    expect(here.selected).toBeNull();
    here.edit("2");
    expect(here.editor?.draft.title).toBe("Offer 2");
    await vi.advanceTimersByTimeAsync(2 * DELAY_MS);
    expect(asked, "the engine would keep it for the new account").toEqual([]);
  });

  it("has its own unsaved text back", async () => {
    const { desk: here, hotel, become } = await desk();
    hotel.drafts = [draft("2", "Bela's")];
    await become(signedIn("bela"));
    expect(here.editor?.draft.title).toBe("Bela's");
  });

  it("gets no date that was about to be moved, and no results", async () => {
    const { desk: here, become, asked } = await desk();
    await here.doToAll({ what: "move", days: 7 }, [offer(1, { valid_to: "2026-12-01" })]);
    here.shift.nudge(offer(1, { valid_to: "2026-12-01" }), "end", 1);
    asked.length = 0;
    await become(signedIn("bela"));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked).toEqual([]);
    expect(here.bulk.deed).toBeNull();
  });
});

it("the same account keeps its editor when everything is read anew, or the server no longer takes its token", async () => {
  const { desk: here, type, become, hotel, batch, told } = await desk();
  type("Mine");
  await become(signedIn("anna"));
  const { account } = signedIn("anna") as Exclude<Session, { state: "signed-out" }>;
  hotel.session = { state: "expired", account, demo: false, byServer: true, message: "Sign in again." };
  await batch({ type: "session", session: hotel.session });
  await become(hotel.session);
  expect(here.editor?.draft.title).toBe("Mine");
  expect(told).toEqual([]);
});

describe("what failed", () => {
  it("stays said while everything is read anew, and until something else is asked for", async () => {
    const { desk: here, batch } = await desk();
    here.complain(new Error("The disk is full."));
    await batch({ type: "reset" });
    expect(here.failure).toBe("The disk is full.");
    here.discardParked(offer(1, {}, { sync: "parked", problem: CHANGED }));
    expect(here.failure).toBeNull();
  });

  it("stays said while a window that came up asks for a link", async () => {
    const { desk: here } = await desk();
    here.complain(new Error("The disk is full."));
    await here.takeLink();
    expect(here.failure).toBe("The disk is full.");
  });
});

describe("what was told", () => {
  it("is cleared away when the session ends, and when another account takes its place", async () => {
    const { become, batch, told } = await desk();
    await batch({ type: "notice", notice: replaced(1) });
    await become(SIGNED_OUT);
    expect(told.splice(0)).toEqual(["1 about 1", "nothing any more"]);
    await become(signedIn("anna"));
    told.length = 0;
    await become(signedIn("bela"));
    expect(told).toEqual(["nothing any more"]);
  });

  it("in the very moment in which the session ends is said after that, and leads nowhere", async () => {
    const { become, told } = await desk();
    await become(SIGNED_OUT, { type: "notice", notice: replaced(1) });
    expect(told.splice(0)).toEqual(["nothing any more", "1 about null"]);
    await become(signedIn("bela"));
    expect(told, "not to whoever signs in next").toEqual(["nothing any more"]);
  });

  it("in the very moment in which everything is read anew can be acted on as ever", async () => {
    const { become, told } = await desk();
    await become(signedIn("anna"), { type: "notice", notice: replaced(1) });
    expect(told).toEqual(["1 about 1"]);
  });
});
