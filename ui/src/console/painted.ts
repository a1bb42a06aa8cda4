/**
 * Calls back once the next frame is on screen, or at once in a hidden window: WebKitGTK paints there only what is shown, and runs no frame, so
 * all waiting would be for nothing. The second frame begins when the first was painted. A timer stands beside them, for a window that is covered
 * or is hidden meanwhile.
 */
const LATEST_MS = 20;

export function whenPainted(then: () => void): void {
  if (document.hidden) {
    then();
    return;
  }
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    then();
  };
  requestAnimationFrame(() => requestAnimationFrame(once));
  setTimeout(once, LATEST_MS);
}
