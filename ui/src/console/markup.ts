/**
 * What an offer's two kinds of details have to do with each other: the words of formatted text, formatted text of plain words, whether the
 * two say the same, and what formatted text holds that the editor cannot show.
 *
 * Texts are read by a parser that runs nothing and fetches nothing. Absent: cleaning, which the shell and `shared/sanitise.ts` do.
 */
import type { OfferFields } from "../backend/bindings";
import list from "../shared/markup.json";

const parsed = (html: string): HTMLElement => new DOMParser().parseFromString(html, "text/html").body;

/** Lines between the words before and the words inside. */
const GAPS: Record<string, number> = {
  ...Object.fromEntries("p ul ol dl h1 h2 h3 h4 h5 h6 blockquote table pre hr".split(" ").map((tag) => [tag, 2])),
  ...Object.fromEntries("div li dt dd tr caption".split(" ").map((tag) => [tag, 1])),
};

/** The words of formatted text: a line for each item of a list, an empty line between paragraphs. */
export function textOf(html: string): string {
  if (html === "") return "";
  let text = "";
  let gap = 0;
  const say = (words: string) => {
    const begins = text === "" || gap > 0 || /\s$/.test(text);
    const said = begins ? words.trimStart() : words;
    if (said === "") return;
    if (text !== "" && gap > 0) text = text.trimEnd() + "\n".repeat(gap);
    gap = 0;
    text += said;
  };
  const walk = (node: Node, inList: string) => {
    for (const child of node.childNodes) {
      if (child instanceof Text) say(child.data.replace(/[ \t\r\n\f]+/g, " "));
      else if (child instanceof Element) {
        const tag = child.localName;
        if (list.dropped.includes(tag)) continue;
        if (tag === "br") {
          gap = Math.max(gap, 1);
          continue;
        }
        // A paragraph that only wraps the words of an item is no paragraph of its own.
        const lines =
          node instanceof Element && node.localName === "li" ? Math.min(1, GAPS[tag] ?? 0) : (GAPS[tag] ?? 0);
        gap = Math.max(gap, lines);
        if (tag === "li" && inList === "ol") say(`${placeOf(child)}. `);
        if ((tag === "td" || tag === "th") && !/\s$/.test(text)) say(" ");
        walk(child, tag === "ul" || tag === "ol" ? tag : inList);
        gap = Math.max(gap, lines);
      }
    }
  };
  walk(parsed(html), "");
  return text.replaceAll("\u00a0", " ").trim();
}

const placeOf = (item: Element): number =>
  [...(item.parentElement?.children ?? [])].filter(({ localName }) => localName === "li").indexOf(item) + 1;

/** Paragraphs of plain text; nothing in it is taken for markup. */
export function htmlOf(text: string): string {
  const holder = document.createElement("div");
  for (const paragraph of text.trim().split(/\n[^\S\n]*\n\s*/)) {
    const lines = paragraph.split("\n").map((line) => line.trim());
    if (lines.join("") === "") continue;
    const p = document.createElement("p");
    lines.forEach((line, at) => {
      if (at > 0) p.append(document.createElement("br"));
      p.append(line);
    });
    holder.append(p);
  }
  return holder.innerHTML;
}

/** Without what only sets off the items of a list, and however its lines are broken. */
const core = (text: string): string =>
  text
    .replace(/^[^\S\n]*(?:[-–•*·]|\d+[.)])\s+/gm, "")
    .replace(/\s+/g, " ")
    .trim();

export const sameWords = (text: string, html: string): boolean => core(text) === core(textOf(html));

export type DetailsName = "details_text" | "details_html";

/**
 * What an edit of one kind of details makes of the other; null: it stays. Words are carried along only where both said the same and nothing
 * but words can be lost: plain text always follows, formatted text only where it holds nothing that the plain text does not.
 */
export function carried(draft: OfferFields, name: DetailsName, value: string): string | null {
  const { details_text: text, details_html: html } = draft;
  if (name === "details_html") {
    const after = textOf(value);
    return sameWords(text, html) && after !== text && !sameWords(text, value) ? after : null;
  }
  const after = htmlOf(value);
  return htmlOf(text) === html && after !== html ? after : null;
}

/** How the two kinds of details stand to each other. */
export type Drift = "same" | "differ" | "no-html" | "no-text";

export function driftOf({ details_text: text, details_html: html }: OfferFields): Drift {
  const words = textOf(html);
  if (core(text) === core(words)) return "same";
  if (words === "") return "no-html";
  return text.trim() === "" ? "no-text" : "differ";
}

/** What the editor keeps as it is. */
const KEPT = new Set("p br b strong i em ul ol li a div span html body".split(" "));
const KINDS: [string, string][] = [
  ["table caption thead tbody tfoot colgroup col tr th td", "table"],
  ["img picture svg video audio canvas figure", "picture"],
  ["h1 h2 h3 h4 h5 h6", "heading"],
  ["script iframe object embed form input button textarea select link meta template noscript", "code"],
  ["style font", "style"],
];
const kindOf = (tag: string): string => KINDS.find(([tags]) => tags.split(" ").includes(tag))?.[1] ?? "other";
/** What is said by the page that shows a link, not by the link. */
const IGNORED = new Set(["target", "rel", "title"]);
const WORDS: [string, string][] = [
  ["table", "tables"],
  ["picture", "pictures"],
  ["heading", "headings"],
  ["code", "code"],
  ["style", "colours or styles"],
  ["other", "other formatting"],
];

/** What is in the formatted text that the editor can neither show nor keep, in words: "tables and pictures"; null: nothing. */
export function beyond(html: string): string | null {
  const found = new Set<string>();
  // Scripts and styles before the text are put in the head by the parser.
  for (const element of new DOMParser().parseFromString(html, "text/html").querySelectorAll("head *, body *")) {
    const tag = element.localName;
    if (!KEPT.has(tag)) found.add(kindOf(tag));
    for (const { name } of element.attributes) {
      if (name === "href" && tag === "a") continue;
      if (name.startsWith("on")) found.add("code");
      else if (KEPT.has(tag) && !IGNORED.has(name)) found.add("style");
    }
  }
  const words = WORDS.filter(([kind]) => found.has(kind)).map(([, said]) => said);
  if (words.length === 0) return null;
  return words.length === 1 ? (words[0] ?? null) : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
