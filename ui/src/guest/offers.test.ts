import { describe, expect, it } from "vitest";

import { freshAddress, pictureAddress, webAddress } from "./addresses";
import { readConfig } from "./config";
import { readOffer, readPage } from "./offers";

const HERE = { api: "https://hotel.example/api/", encrypted: true };

describe("an address", () => {
  it.each([
    ["https://a.example/x", "https://a.example/x"],
    [" http://a.example ", "http://a.example/"],
    ["javascript:alert(1)", ""],
    ["JavaScript:alert(1)", ""],
    ["java\nscript:alert(1)", ""],
    ["data:text/html,x", ""],
    ["ftp://a.example/", ""],
    ["/relative", ""],
    ["", ""],
    [null, ""],
    [7, ""],
  ])("%j leads to %j", (text, address) => {
    expect(webAddress(text)).toBe(address);
  });

  it("of a picture is asked for encrypted where the page is", () => {
    expect(pictureAddress("http://a.example/1.jpg", HERE.api, true)).toBe("https://a.example/1.jpg");
    expect(pictureAddress("http://a.example/1.jpg", HERE.api, false)).toBe("http://a.example/1.jpg");
    expect(pictureAddress("/media/1.jpg", HERE.api, true)).toBe("https://hotel.example/media/1.jpg");
    expect(pictureAddress("", HERE.api, true)).toBeNull();
  });

  it("of a picture that changed is one that no cache has", () => {
    expect(freshAddress("https://a.example/1.jpg?w=2", "7")).toBe("https://a.example/1.jpg?w=2&changed=7");
    expect(freshAddress("https://a.example/1.jpg", "")).toBe("https://a.example/1.jpg");
  });
});

describe("the public page", () => {
  it("is read with gaps, and an offer that is none does not hide the others", () => {
    const page = readPage({ name: null, offers: [{ id: 1, title: "A" }, { id: "2" }, null, { id: 3 }] }, HERE);
    expect(page?.offers.map((offer) => offer.id)).toEqual([1]);
    expect(page?.hotel).toMatchObject({ name: "", place: "", hero: null, booking: "" });
  });

  it("is none without a list of offers", () => {
    for (const value of [null, [], {}, { offers: {} }, "x"]) expect(readPage(value, HERE)).toBeNull();
  });

  it("shows no text that is no day as one", () => {
    expect(readOffer({ id: 1, title: "A", valid_from: "soon", valid_to: "2026-12-24" }, HERE)).toMatchObject({
      from: null,
      to: "2026-12-24",
    });
  });
});

describe("the configuration", () => {
  const PAGE = "https://offers.example/killarney/";

  it("takes what is said, and the slug from the page's own folder", () => {
    const { config, warnings } = readConfig({ api: "/api/", pusher: { key: "k", cluster: "eu" } }, PAGE);
    expect(config).toEqual({
      api: "https://offers.example/api",
      slug: "killarney",
      live: { key: "k", cluster: "eu" },
    });
    expect(warnings).toEqual([]);
  });

  it("takes a server of one's own, encrypted unless said, and always on an encrypted page", () => {
    const live = (pusher: object, page: string) => readConfig({ api: "/api", pusher }, page).config?.live;
    const own = { key: "k", host: "127.0.0.1", port: "8000", tls: "false" };
    expect(live(own, "http://127.0.0.1:8000/killarney/")).toEqual({ ...own, port: 8000, tls: false });
    expect(live(own, PAGE)).toEqual({ ...own, port: 8000, tls: true });
    expect(live({ key: "k", host: "h" }, "http://h/x/")).toEqual({ key: "k", host: "h", port: null, tls: true });
  });

  it("without a key works and warns; without an API does not, and says what is missing", () => {
    const keyless = readConfig({ api: "/api" }, PAGE);
    expect(keyless.config?.live).toBeNull();
    expect(keyless.warnings.join()).toContain("`pusher`");
    const empty = readConfig({}, "https://offers.example/");
    expect(empty.config).toBeNull();
    expect(empty.warnings.join()).toMatch(/`api`.*`slug`/);
    expect(readConfig(undefined, PAGE).config).toBeNull();
  });
});
