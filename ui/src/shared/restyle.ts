/**
 * Lets go of the styles of what is no longer in the page.
 *
 * WebKit keeps each style it has computed, for the next element that the same rules apply to. The key holds declarations that belong to one
 * element: where a bar of the timeline lies, what a table gives its cells. Once the element is gone no other will ever match, yet the style
 * stays; each look at the timeline left some hundred kilobytes, and the page grew for as long as it was open. Only a change of the
 * style sheets empties that memory. So an empty sheet takes the place of an empty one: some time after something was taken out of the page, and
 * when nothing has been for a moment, since the page is styled anew by that.
 *
 * Other engines are made to do that work in vain, once a minute at most.
 */
const AT_MOST_EVERY_MS = 60_000;
const QUIET_MS = 1_000;

/** Returns how to stop. `renew` is for tests. */
export function forgetStylesOfWhatIsGone(page: Document, renew = () => replaceSheet(page)): () => void {
  // The first sheet only comes along, and changes nothing. What is replaced later has to be there.
  renew();
  let lastGone = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const whenQuiet = (): void => {
    const quiet = performance.now() - lastGone;
    if (quiet < QUIET_MS) {
      timer = setTimeout(whenQuiet, QUIET_MS - quiet);
      return;
    }
    timer = null;
    renew();
  };
  const observer = new MutationObserver((changes) => {
    if (!changes.some(({ removedNodes }) => removedNodes.length > 0)) return;
    lastGone = performance.now();
    timer ??= setTimeout(whenQuiet, AT_MOST_EVERY_MS);
  });
  observer.observe(page, { subtree: true, childList: true });
  return () => {
    observer.disconnect();
    if (timer !== null) clearTimeout(timer);
  };
}

function replaceSheet(page: Document): void {
  page.adoptedStyleSheets = [new CSSStyleSheet()];
}
