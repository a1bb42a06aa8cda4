/** Where the card's shape lies on a picture. The same rule as the photo room's: the focus stays in the middle as far as possible. */
import type { Focus } from "../backend/bindings";

/** Parts of the picture's width and height. */
export type Frame = { left: number; top: number; width: number; height: number };

export const CARD_SHAPE = 16 / 9;
export const MIDDLE: Focus = { x: 500, y: 500 };

/** A picture has the card's shape already when a crop would take less than this part of it. */
const SAME_SHAPE = 0.01;

type Size = { width: number; height: number };

export function frameOf({ width, height }: Size, focus: Focus): Frame {
  const shape = width / height;
  const across = shape > CARD_SHAPE ? CARD_SHAPE / shape : 1;
  const down = shape > CARD_SHAPE ? 1 : shape / CARD_SHAPE;
  const start = (middle: number, length: number) => Math.min(Math.max(middle / 1000 - length / 2, 0), 1 - length);
  return { left: start(focus.x, across), top: start(focus.y, down), width: across, height: down };
}

export function isCardShaped(size: Size): boolean {
  const { width, height } = frameOf(size, MIDDLE);
  return width * height > 1 - SAME_SHAPE;
}

/** Moves the focus, and keeps it where it still moves the frame: the next step back is seen at once. */
export function moved(size: Size, focus: Focus, by: { x: number; y: number }): Focus {
  const { width, height } = frameOf(size, focus);
  const along = (value: number, length: number) =>
    Math.round(Math.min(Math.max(value, length * 500), 1000 - length * 500));
  return { x: along(focus.x + by.x, width), y: along(focus.y + by.y, height) };
}
