/** Keeps what is being read where it is while a list around it changes, and the keyboard where it was. */

export interface KeptPlace {
  /** To be called when the list has changed. */
  restore(): void;
}

/**
 * Notes where the cards in sight stand. A list that has not been scrolled into is left alone: its reader is at its beginning, and what appears
 * there is to be seen.
 */
export function keepPlace(list: HTMLElement): KeptPlace {
  const root = list.getRootNode() as Document | ShadowRoot;
  const focused = list.contains(root.activeElement) ? (root.activeElement as HTMLElement) : null;
  const isRead = list.getBoundingClientRect().top < 0;
  const seen: [card: Element, top: number][] = [];
  for (const card of isRead ? list.children : []) {
    const { top, bottom } = card.getBoundingClientRect();
    if (bottom > 0 && top < window.innerHeight) seen.push([card, top]);
  }
  return {
    restore() {
      // The first that is still there: the one that was read may be the one that left.
      const kept = seen.find(([card]) => card.isConnected);
      const moved = kept ? kept[0].getBoundingClientRect().top - kept[1] : 0;
      if (moved !== 0) window.scrollBy({ top: moved, behavior: "instant" });
      // A card that is moved in the document loses the focus inside it.
      if (focused?.isConnected && root.activeElement !== focused) focused.focus({ preventScroll: true });
    },
  };
}
