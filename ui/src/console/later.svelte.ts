/**
 * What no first picture of the list needs: signing in, the other layouts, the editor and the panels beside the list, the dialogs, toasts and
 * dragging. It is more than half of the window's program, and is read once the window stands, or when something of it is wanted sooner.
 */
type Parts = typeof import("./parts");

class Later {
  /** `null` until they were read. */
  parts = $state.raw<Parts | null>(null);
  #reading: Promise<void> | null = null;

  read(): Promise<void> {
    this.#reading ??= import("./parts").then((parts) => {
      this.parts = parts;
    });
    return this.#reading;
  }
}

/** A page has one program. */
export const later = new Later();
