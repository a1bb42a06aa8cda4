/** The pictures that the hotel in memory knows, and the next one that is chosen. Absent: their bytes. */
import type { ChosenPhoto, Focus, StagedPhoto } from "./bindings";
import { appError } from "./memory-rules";

export class Pictures {
  /** What the next file dialog returns. */
  next: StagedPhoto | null = null;
  readonly #addresses = new Map<string, string>();

  /** The hash of what is at this address. */
  add(address: string): string {
    const hash = `picture-${this.#addresses.size + 1}`;
    this.#addresses.set(hash, address);
    return hash;
  }

  /** The bytes of a picture are gone from this computer. */
  forget(hash: string): void {
    this.#addresses.delete(hash);
  }

  url(hash: string): string {
    return this.#addresses.get(hash) ?? "";
  }

  pick(): ChosenPhoto | null {
    return this.next?.source?.chosen ?? null;
  }

  chosen(): ChosenPhoto {
    const chosen = this.pick();
    if (!chosen) throw appError("photo", "This file is not a picture.");
    return chosen;
  }

  again(hash: string): StagedPhoto | null {
    if (!this.#addresses.has(hash)) return null;
    return {
      hash,
      name: "photo.jpg",
      contentType: "image/jpeg",
      width: 1600,
      height: 900,
      bytes: 300_000,
      source: null,
    };
  }

  prepare(chosen: ChosenPhoto, crop: Focus | null): StagedPhoto {
    if (!this.next?.source) throw appError("photo", "This picture is damaged or incomplete.");
    return { ...this.next, source: { ...this.next.source, chosen, crop } };
  }
}
