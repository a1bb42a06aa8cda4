/**
 * Calls back once the next frame is on screen. The second frame begins when the first was painted. A hidden WebKitGTK window may run
 * no animation frame at all, so a timer stands beside them: a window that opens late is worse than one that opens a frame early.
 */
const LATEST_MS = 150;

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
