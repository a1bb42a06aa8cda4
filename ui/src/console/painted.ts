/**
 * Calls back once the next frame is on screen. The second frame begins when the first was painted. A hidden WebKitGTK window runs no animation
 * frame and paints nothing until it is shown, so a timer stands beside them, and is short: there, all of it is waiting for nothing. A window
 * that opens late is worse than one that opens a frame early.
 */
const LATEST_MS = 20;

export function whenPainted(then: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    then();
  };
  requestAnimationFrame(() => requestAnimationFrame(once));
  setTimeout(once, LATEST_MS);
}
