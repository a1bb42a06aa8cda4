/** The page of its own and the embedded element, from the first request on. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

type Reply = () => Promise<Response>;

const json =
  (body: unknown, status = 200): Reply =>
  () =>
    Promise.resolve(Response.json(body, { status }));
const html =
  (status: number): Reply =>
  () =>
    Promise.resolve(new Response("<h1>nginx</h1>", { status }));
const dropped: Reply = () => Promise.reject(new TypeError("Failed to fetch"));
/** Begins to answer, and breaks off. */
const torn: Reply = () => {
  const body = new ReadableStream({ start: (stream) => stream.error(new TypeError("network error")) });
  return Promise.resolve(new Response(body, { status: 200 }));
};

const CONFIG = json({ api: "/api", slug: "killarney" });
const PAGE = json({ slug: "killarney", name: "Killarney", offers: [{ id: 1, title: "Spa weekend" }] });

/** What `config.json` answers, one reply after the other; the last stays. */
let config: Reply[] = [];
let asked = 0;

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  asked = 0;
  vi.spyOn(console, "warn").mockReturnValue();
  vi.stubGlobal("HOTELMATE_STYLES", "");
  vi.stubGlobal(
    "CSSStyleSheet",
    class {
      replaceSync(): void {}
    },
  );
  vi.stubGlobal("fetch", (url: string) => {
    if (!url.endsWith("config.json")) return PAGE();
    asked += 1;
    return (config.length > 1 ? config.shift() : config[0])?.();
  });
});
afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Opened by script, since a test's page has neither. */
const ways: Record<string, () => Promise<() => string>> = {
  "the page of its own": async () => {
    await import("./main");
    return () => document.body.textContent;
  },
  "the embedded element": async () => {
    await import("./embed");
    const element = document.createElement("hotelmate-offers");
    element.setAttribute("config", "/killarney/config.json");
    document.body.append(element);
    return () => element.shadowRoot?.textContent ?? "";
  },
};

describe.each(Object.entries(ways))("%s", (_, open) => {
  it.each([
    ["is dropped", dropped],
    ["breaks off", torn],
    ["is a proxy's 502", html(502)],
    ["is a 503 in JSON", json({ api: "/wrong" }, 503)],
  ])("whose configuration %s asks again, and shows the offers", async (_, reply) => {
    config = [reply, reply, CONFIG];
    const words = await open();
    await vi.advanceTimersByTimeAsync(100);
    expect(words()).toContain("Our offers will be back here soon");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(words()).toContain("Spa weekend");
    expect(words()).not.toContain("back here soon");
    expect(asked).toBe(3);
  });

  it("asks at once when the network is back", async () => {
    config = [dropped, CONFIG];
    const words = await open();
    await vi.advanceTimersByTimeAsync(100);
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(100);
    expect(words()).toContain("Spa weekend");
  });

  it.each([
    ["is missing", html(404)],
    ["is no JSON", html(200)],
    ["names no API", json({ slug: "killarney" })],
    ["names no usable API", json({ api: "http://", slug: "killarney" })],
  ])("whose configuration %s says so to its owner, and leaves it at that", async (_, reply) => {
    config = [reply];
    const words = await open();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(words()).toContain("Our offers will be back here soon");
    expect(console.warn).toHaveBeenCalled();
    expect(asked).toBe(1);
  });
});

it("an element that is taken away asks no more", async () => {
  config = [dropped];
  await ways["the embedded element"]?.();
  await vi.advanceTimersByTimeAsync(100);
  document.body.replaceChildren();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked).toBe(1);
});
