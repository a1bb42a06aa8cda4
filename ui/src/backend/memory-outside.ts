/** What reaches a window from outside of the hotel: links, newer versions, the menu, files over it, notifications that are clicked. */
import type { FilesOver, FollowedLink, Opens, Update } from "./bindings";

/** Everybody who listens to one thing. */
class Targets<What> {
  readonly #told = new Set<(what: What) => void>();

  tell(what: What): void {
    for (const told of this.#told) told(what);
  }

  watch(told: (what: What) => void): Promise<() => void> {
    this.#told.add(told);
    return Promise.resolve(() => void this.#told.delete(told));
  }
}

export class Outside {
  update: Update | null = null;
  /** What can be chosen from the menu of the window that said so last. */
  menu: readonly string[] = [];
  readonly menus = new Targets<string>();
  readonly drops = new Targets<FilesOver>();
  readonly alerts = new Targets<Opens>();
  readonly links = new Targets<void>();
  readonly updates = new Targets<Update>();
  #link: FollowedLink | null = null;

  /** Before a window is open, or while one is. */
  followLink(link: FollowedLink): void {
    this.#link = link;
    this.links.tell();
  }

  takeLink(): FollowedLink | null {
    const link = this.#link;
    this.#link = null;
    return link;
  }

  /** The administrator's server knows of a newer version. */
  tellUpdate(update: Update): void {
    this.update = update;
    this.updates.tell(update);
  }

  /** Somebody chooses from the menu of every window. */
  chooseFromMenu(command: string): void {
    this.menus.tell(command);
  }

  /** Files are dragged over every window, or dropped. */
  files(files: FilesOver): void {
    this.drops.tell(files);
  }
}
