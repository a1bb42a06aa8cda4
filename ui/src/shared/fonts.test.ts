import { afterEach, expect, it, vi } from "vitest";

import { addFonts } from "./fonts";

afterEach(() => vi.unstubAllGlobals());

it("reads the face of Latin text at once and the others when a text needs them, and lives without any", () => {
  const read: string[] = [];
  class Face {
    constructor(
      readonly family: string,
      readonly source: string,
    ) {}
    load(): Promise<never> {
      read.push(this.source);
      return Promise.reject(new Error("no such file"));
    }
  }
  vi.stubGlobal("FontFace", Face);
  const added: Face[] = [];
  addFonts({ fonts: { add: (face: Face) => added.push(face) } } as unknown as Document);
  expect(added).toHaveLength(7);
  expect(read).toEqual([expect.stringContaining("inter-latin-wght")]);
});
