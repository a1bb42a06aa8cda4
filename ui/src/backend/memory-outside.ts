/** What reaches a window from outside of the hotel: links that are followed, and word of newer versions. */
import type { FollowedLink, Update } from "./bindings";

export class Outside {
  update: Update | null = null;
  #link: FollowedLink | null = null;
  readonly #linkTargets = new Set<() => void>();
  readonly #updateTargets = new Set<(update: Update) => void>();

  /** Before a window is open, or while one is. */
  followLink(link: FollowedLink): void {
    this.#link = link;
    for (const told of this.#linkTargets) told();
  }

  /** The administrator's server knows of a newer version. */
  tellUpdate(update: Update): void {
    this.update = update;
    for (const told of this.#updateTargets) told(update);
  }

  takeLink(): FollowedLink | null {
    const link = this.#link;
    this.#link = null;
    return link;
  }

  watchLinks(onLink: () => void): Promise<() => void> {
    this.#linkTargets.add(onLink);
    return Promise.resolve(() => void this.#linkTargets.delete(onLink));
  }

  watchUpdate(onUpdate: (update: Update) => void): Promise<() => void> {
    this.#updateTargets.add(onUpdate);
    return Promise.resolve(() => void this.#updateTargets.delete(onUpdate));
  }
}
