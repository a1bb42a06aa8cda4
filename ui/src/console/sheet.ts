/** What the front desk needs on paper: the offers a guest can have today, and their booking links as squares a telephone reads. */
import { encode } from "uqr";

import type { ViewOffer } from "../backend/bindings";

/** Shown to guests and valid today, in the guests' order. */
export const validToday = (offers: readonly ViewOffer[]): ViewOffer[] =>
  offers.filter(({ validity }) => validity.state === "live" || validity.state === "ending");

/** White around the squares that scanners need, in squares. */
const QUIET = 2;

export type Code = { size: number; path: string };

/** The squares as one path in a box of `size`; null: there is no link, or it is too long for any code. */
export function codeOf(link: string): Code | null {
  if (link === "") return null;
  try {
    const { data, size } = encode(link, { border: QUIET, ecc: "M" });
    const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
    return { size, path };
  } catch {
    return null;
  }
}
