/**
 * Which of the shell's smaller pictures a card shows. One with twice the pixels takes four times the memory once it is decoded, for each
 * card in the page.
 */
const cards = [160, 320, 640, 1280] as const;
export type CardPixels = (typeof cards)[number];

/** In a row the smallest is enough, whatever the screen. */
export const ROW_PIXELS: CardPixels = 160;

/** So much larger than it is, a picture may be drawn: nobody sees that. */
const STRETCH = 1.15;

/** For a card so many CSS pixels wide, each of which is `scale` pixels of the screen. */
export function cardPixels(width: number, scale: number): CardPixels {
  const needed = (width * scale) / STRETCH;
  return cards.find((card) => card >= needed) ?? 1280;
}
