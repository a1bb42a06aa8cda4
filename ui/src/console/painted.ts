/**
 * Calls back once the next frame is on screen. The second frame begins when the first was painted. A hidden WebKitGTK window runs no frame and
 * paints nothing until it is shown, and its timers are held back: there, at once. A timer stands beside the frames for one that is hidden meanwhile.
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
