/**
 * `details_html` is stored and served as sent, scripts included. What guests see of it is text with its structure: no script, style, picture,
 * form or frame, and links that lead to the web, a mail or a phone. The `markup` crate has the same list, by which what staff write is sent.
 */
import createPurifier, { type Config } from "dompurify";

import list from "./markup.json";

const RULES: Config = {
  ALLOWED_TAGS: list.tags,
  ALLOWED_ATTR: list.attributes,
  ALLOWED_URI_REGEXP: new RegExp(`^(?:${list.schemes.join("|")}):`, "i"),
  // The others are no addresses, and would be held against that expression too.
  ADD_URI_SAFE_ATTR: list.attributes.filter((name) => name !== "href"),
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  FORBID_CONTENTS: list.dropped,
};

const purifier = createPurifier(window);

/** The harmless part, as HTML. */
export function clean(html: string): string {
  const holder = document.createElement("div");
  // As a string, a text without any markup would come back unread.
  holder.append(purifier.sanitize(html, { ...RULES, RETURN_DOM_FRAGMENT: true }));
  return holder.innerHTML;
}

/** The harmless part, ready to be put in, or null where nothing is left to read. */
export function sanitise(html: string): DocumentFragment | null {
  if (html.trim() === "") return null;
  const details = purifier.sanitize(html, { ...RULES, RETURN_DOM_FRAGMENT: true });
  if ((details.textContent ?? "").trim() === "") return null;
  for (const heading of details.querySelectorAll("h1, h2, h3, h4, h5, h6")) renamed(heading, "h4");
  for (const link of details.querySelectorAll("a[href]")) {
    link.setAttribute("rel", "noopener nofollow");
  }
  return details;
}

/** Below the offer's own heading there is only one level, whatever level the hotel's editor has put in. */
function renamed(element: Element, name: string): void {
  const other = element.ownerDocument.createElement(name);
  other.append(...element.childNodes);
  element.replaceWith(other);
}
