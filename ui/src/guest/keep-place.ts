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
  const seen: { card: Element; top: number; share: number }[] = [];
  for (const card of isRead ? list.children : []) {
    const { top, bottom, height } = card.getBoundingClientRect();
    const visible = Math.min(bottom, window.innerHeight) - Math.max(top, 0);
    if (visible > 0) seen.push({ card, top, share: card.contains(focused) ? 2 : visible / height });
  }
  // What is read is where the keyboard is, or else the first that is wholly in sight.
  seen.sort((one, other) => other.share - one.share);
  return {
    restore() {
      // The next of them that is still there: what was read may be what left.
      const kept = seen.find(({ card }) => card.isConnected);
      const moved = kept ? kept.card.getBoundingClientRect().top - kept.top : 0;
      if (moved !== 0) window.scrollBy({ top: moved, behavior: "instant" });
      // A card that is moved in the document loses the focus inside it.
      if (focused?.isConnected && root.activeElement !== focused) focused.focus({ preventScroll: true });
    },
  };
}
