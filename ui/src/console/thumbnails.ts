/**
 * Which of the shell's smaller pictures a card shows. One with twice the pixels takes four times the memory once it is decoded, for each
 * card in the page.
 */
import type { PhotoSize } from "../backend/backend";

const cards = [160, 320, 640, 1280] as const;
/** So much larger than it is, a picture may be drawn: nobody sees that. */
const STRETCH = 1.15;

/** For a card so many CSS pixels wide, each of which is `scale` pixels of the screen. */
export function cardPhoto(width: number, scale: number): PhotoSize {
  const needed = (width * scale) / STRETCH;
  return { card: cards.find((card) => card >= needed) ?? 1280 };
}
