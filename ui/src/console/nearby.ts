/**
 * Who works by keyboard goes on near by when what had the focus leaves the page: an answer that was given, a button that did its work.
 * Browsers let the focus fall to the window, where the next key does something else.
 */
const CAN_HAVE_IT =
  "input:not([disabled]), textarea:not([disabled]), select:not([disabled]), button:not([disabled]), a[href], [tabindex='0'], [contenteditable='true']";

/** Watches over what is inside `area`: an attachment. Returns how to stop. */
export function staysNearby(area: HTMLElement): () => void {
  /** Whoever pressed somewhere last has the focus where they want it, be it nowhere. */
  let byPointer = true;
  /** What had the focus last, and what it stood in; empty: something outside has it. */
  let way: Element[] = [];

  const remember = ({ target }: FocusEvent) => {
    way = [];
    if (!(target instanceof Element) || !area.contains(target)) return;
    for (let at: Element | null = target; at && at !== area; at = at.parentElement) way.push(at);
  };
  const look = () => {
    const [last] = way;
    const { activeElement } = document;
    const isLost = activeElement === null || activeElement === document.body;
    if (!last || last.isConnected || !isLost || byPointer) return;
    const near = way.find((one) => one.isConnected) ?? area;
    near.querySelector<HTMLElement>(CAN_HAVE_IT)?.focus();
  };

  const pressed = ({ type }: Event) => void (byPointer = type === "pointerdown");

  document.addEventListener("focusin", remember);
  document.addEventListener("pointerdown", pressed, true);
  document.addEventListener("keydown", pressed, true);
  const observer = new MutationObserver(look);
  observer.observe(area, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    document.removeEventListener("focusin", remember);
    document.removeEventListener("pointerdown", pressed, true);
    document.removeEventListener("keydown", pressed, true);
  };
}
