/** What jsdom lacks and the components use, and a clean page after each test. */
import "@testing-library/jest-dom/vitest";
import { configure } from "@testing-library/svelte";
import { afterEach } from "vitest";

// A deadline, not an expectation, as that of the tests.
configure({ asyncUtilTimeout: 10_000 });

// What one test chose is not the next one's taste.
afterEach(() => localStorage.clear());

Element.prototype.scrollIntoView = () => undefined;
// Where nothing is laid out, nothing has a place.
document.elementFromPoint = () => null;
Range.prototype.getClientRects = () => Object.assign([], { item: () => null }) as unknown as DOMRectList;
Range.prototype.getBoundingClientRect = () => new DOMRect();
Element.prototype.setPointerCapture = () => undefined;
Element.prototype.hasPointerCapture = () => false;
Element.prototype.releasePointerCapture = () => undefined;

window.matchMedia = (media: string) =>
  Object.assign(new EventTarget(), {
    matches: false,
    media,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });

class NeverSeen implements IntersectionObserver {
  readonly root = null;
  readonly rootMargin = "";
  readonly scrollMargin = "";
  readonly thresholds: readonly number[] = [];
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
  takeRecords(): IntersectionObserverEntry[] {
    return [];
  }
}
window.IntersectionObserver = NeverSeen;

class NeverMeasured implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
window.ResizeObserver = NeverMeasured;
