/** Pictures that cannot be had at first: they come once they can. */
import { fireEvent, render } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import Photo from "../shared/Photo.svelte";
import Offer from "./Offer.svelte";
import { type GuestOffer, type Hotel, readOffer } from "./offers";
import type { ShownPage } from "./shown";
import Site from "./Site.svelte";

const HERE = { api: "https://hotel.example/api/", encrypted: true };
const ONE = "https://pictures.example/1.jpg";
const TWO = "https://pictures.example/2.jpg";

/** Whether pictures can be had, and which were asked for out of sight. */
let reachable = false;
let asked: string[] = [];
let seen: DocumentVisibilityState = "visible";

beforeEach(() => {
  vi.useFakeTimers();
  [reachable, asked, seen] = [false, [], "visible"];
  // jsdom loads no pictures.
  HTMLImageElement.prototype.decode = function (this: HTMLImageElement) {
    asked.push(this.src);
    return reachable ? Promise.resolve() : Promise.reject(new Error("no network"));
  };
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => seen);
});
afterEach(() => {
  vi.useRealTimers();
});

const settled = async (milliseconds = 0): Promise<void> => {
  await vi.advanceTimersByTimeAsync(milliseconds);
  await tick();
};
const sources = (container: HTMLElement): string[] => [...container.querySelectorAll("img")].map(({ src }) => src);

async function brokenPhoto() {
  const view = render(Photo, { src: ONE });
  const image = view.container.querySelector("img");
  if (image) await fireEvent.error(image);
  await settled();
  expect(sources(view.container)).toEqual([]);
  return view;
}

it("a photo that failed comes back when the network does", async () => {
  const { container } = await brokenPhoto();
  reachable = true;
  window.dispatchEvent(new Event("online"));
  await settled();
  expect(sources(container)).toEqual([ONE]);
});

it("a photo that failed comes back by itself", async () => {
  const { container } = await brokenPhoto();
  reachable = true;
  await settled(10_000);
  expect(sources(container)).toEqual([ONE]);
});

it("a photo that is gone for good is asked for less and less often, and not while nobody looks", async () => {
  const { container } = await brokenPhoto();
  await settled(3_600_000);
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.length).toBeLessThan(10);
  seen = "hidden";
  await settled(3_600_000);
  const before = asked.length;
  await settled(24 * 3_600_000);
  expect(asked.length).toBe(before);
  [seen, reachable] = ["visible", true];
  document.dispatchEvent(new Event("visibilitychange"));
  await settled();
  expect(sources(container)).toEqual([ONE]);
});

it("what was asked for another offer's photo says nothing about the one that stands in its place", async () => {
  const { container, rerender } = render(Photo, { src: ONE, of: "1" });
  const before = container.querySelector("img");
  await rerender({ src: TWO, of: "2" });
  if (before) await fireEvent.error(before);
  await settled();
  expect(before).not.toBeInTheDocument();
  expect(sources(container)).toEqual([TWO]);
});

it("a photo that is no longer wanted is not asked for again", async () => {
  const { rerender, unmount } = await brokenPhoto();
  await rerender({ src: TWO });
  await settled(60_000);
  expect(asked).toEqual([]);
  unmount();
  await settled(3_600_000);
  expect(asked).toEqual([]);
});

it("a changed photo that could not be had at first takes its place once it can", async () => {
  const offer = (photo_url: string) => readOffer({ id: 1, title: "Spa", photo_url }, HERE) as GuestOffer;
  const props = { booking: "", locale: "en-IE", follow: true, marked: undefined };
  const { container, rerender } = render(Offer, { ...props, offer: offer(ONE) });
  await rerender({ offer: offer(TWO) });
  await settled();
  expect(sources(container)).toEqual([ONE]);
  reachable = true;
  await settled(10_000);
  expect(sources(container)).toEqual([TWO]);
});

it("the hotel's own pictures come back, too", async () => {
  const hotel = { name: "Killarney", phone: "", hero: ONE, logo: TWO } as Hotel;
  const page: ShownPage = { state: "shown", offers: [], hotel };
  const { container } = render(Site, { page, locale: "en-IE" });
  expect(sources(container)).toEqual([ONE, TWO]);
  for (const image of container.querySelectorAll("img")) await fireEvent.error(image);
  await settled();
  expect(sources(container)).toEqual([]);
  reachable = true;
  await settled(10_000);
  expect(sources(container)).toEqual([ONE, TWO]);
});
