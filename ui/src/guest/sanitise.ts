/**
 * `details_html` is stored and served as sent, scripts included. What guests see of it is text with its structure: no script, style, picture,
 * form or frame, and links that lead to the web, a mail or a phone.
 */
import createPurifier from "dompurify";

const TAGS = (
  "p br hr div span b strong i em u s small sub sup blockquote q cite abbr ul ol li dl dt dd a " +
  "h1 h2 h3 h4 h5 h6 table caption thead tbody tfoot tr th td pre code time"
).split(" ");

const LINKS = /^(?:https?:|mailto:|tel:)/i;

const purifier = createPurifier(window);

/** The harmless part, ready to be put in, or null where nothing is left to read. */
export function sanitise(html: string): DocumentFragment | null {
  if (html.trim() === "") return null;
  const details = purifier.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ["href", "colspan", "rowspan", "datetime", "dir", "lang"],
    ALLOWED_URI_REGEXP: LINKS,
    // Their values are no addresses, and would be held against the pattern for those.
    ADD_URI_SAFE_ATTR: ["colspan", "rowspan", "datetime", "dir", "lang"],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
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
