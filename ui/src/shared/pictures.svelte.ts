/** Pictures that are fetched and decoded out of sight first: those that replace others, and those that could not be had at first. */
import { persist } from "./persist";

/** Calls `ready` once the picture can be painted at once, however long that takes. What is returned takes the wish back. */
export function loaded(address: string, ready: () => void, failed = false): () => void {
  const decoded = (): Promise<void> => {
    const picture = new Image();
    picture.src = address;
    return picture.decode();
  };
  return persist(decoded, ready, { failed });
}

/** What an `<img>` shows of an address: nothing once that could not be had (`fails`), until it can. */
export class Picture {
  /** The address that could not be shown: another one is tried afresh. */
  #broken = $state.raw<string | null>(null);
  readonly #wanted: string | null;
  readonly shown: string | null;

  constructor(wanted: () => string | null) {
    this.#wanted = $derived(wanted());
    this.shown = $derived(this.#wanted === this.#broken ? null : this.#wanted);
    $effect(() => {
      const address = this.#wanted;
      if (address !== null && address === this.#broken) return loaded(address, () => (this.#broken = null), true);
    });
  }

  /** Says of what it asked for, which may no longer be what is wanted. */
  readonly fails = ({ currentTarget }: Event): void => {
    if (currentTarget instanceof Element) this.#broken = currentTarget.getAttribute("src");
  };
}
