/**
 * The editor of formatted details: paragraphs, bold, italic, lists and links, and what becomes of anything else that is put in.
 *
 * Tiptap (ProseMirror) does the editing. Its document holds only what is listed here, so pasted text is stripped to that by its schema;
 * what it injects as style is switched off, since the window's policy allows none. Absent: nested lists made by Tab, which has to lead on
 * to the next field.
 */
import { Editor, Extension } from "@tiptap/core";
import { Bold } from "@tiptap/extension-bold";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Italic } from "@tiptap/extension-italic";
import { isAllowedUri, Link } from "@tiptap/extension-link";
import { BulletList, ListItem, OrderedList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Text } from "@tiptap/extension-text";
import { UndoRedo } from "@tiptap/extensions/undo-redo";

import { linkRemark } from "./validation";

export type Mark = "bold" | "italic" | "bullets" | "numbers" | "link";

const nodeNames: Record<Mark, string> = {
  bold: "bold",
  italic: "italic",
  bullets: "bulletList",
  numbers: "orderedList",
  link: "link",
};

export function createEditor(options: {
  element: HTMLElement;
  attributes: Record<string, string>;
  onUpdate: () => void;
  onTransaction: () => void;
  askLink: () => void;
}): Editor {
  return new Editor({
    element: options.element,
    injectCSS: false,
    editable: false,
    // Only what staff type or click: no text turns into something else by itself.
    enableInputRules: false,
    enablePasteRules: false,
    editorProps: { attributes: options.attributes, transformPastedHTML: fromOffice },
    onUpdate: options.onUpdate,
    onTransaction: options.onTransaction,
    extensions: [
      Document,
      Paragraph,
      Text,
      HardBreak,
      Bold,
      Italic,
      BulletList,
      OrderedList.extend({ addAttributes: () => ({}) }),
      ListItem.extend({
        addKeyboardShortcuts() {
          return { Enter: () => this.editor.commands.splitListItem(this.name) };
        },
      }),
      Link.extend({
        addAttributes: () => ({ href: { default: null } }),
        renderHTML: ({ HTMLAttributes }) => ["a", { href: HTMLAttributes["href"] as string }, 0],
      }).configure({
        openOnClick: false,
        autolink: false,
        linkOnPaste: false,
        isAllowedUri: (address) => problemOf(address) === null,
      }),
      UndoRedo,
      Extension.create({
        name: "linkKey",
        addKeyboardShortcuts: () => ({
          "Mod-Shift-k": () => {
            options.askLink();
            return true;
          },
        }),
      }),
    ],
  });
}

/** What stands in the editor, as it is sent: empty where there is nothing to read, and items of lists without a paragraph inside. */
export function htmlIn(editor: Editor): string {
  if (editor.isEmpty) return "";
  const holder = document.createElement("div");
  holder.append(new DOMParser().parseFromString(editor.getHTML(), "text/html").body);
  for (const item of holder.querySelectorAll("li")) {
    const [first, ...others] = item.children;
    if (first?.localName === "p" && others.every(({ localName }) => localName !== "p"))
      first.replaceWith(...first.childNodes);
  }
  // Where somebody left the last line empty.
  const body = holder.firstElementChild;
  while (body?.lastElementChild?.localName === "p" && body.lastElementChild.childNodes.length === 0)
    body.lastElementChild.remove();
  return body?.innerHTML ?? "";
}

/** Puts other text in. Not a step to be undone: that would bring back another offer's words. */
export function putIn(editor: Editor, html: string): void {
  editor.chain().setMeta("addToHistory", false).setContent(html, { emitUpdate: false }).run();
}

export const isOn = (editor: Editor, mark: Mark): boolean => editor.isActive(nodeNames[mark]);

export function toggle(editor: Editor, mark: Exclude<Mark, "link">): void {
  const chain = editor.chain().focus();
  switch (mark) {
    case "bold":
      return void chain.toggleBold().run();
    case "italic":
      return void chain.toggleItalic().run();
    case "bullets":
      return void chain.toggleBulletList().run();
    case "numbers":
      return void chain.toggleOrderedList().run();
  }
}

/** Where the link leads that the cursor is in; "" where it is in none. */
export const linkAt = (editor: Editor): string => (editor.getAttributes("link")["href"] as string | undefined) ?? "";

/** Makes a link of the marked words, or of the link the cursor is in; with neither, puts in the address itself. */
export function setLink(editor: Editor, address: string): void {
  const chain = editor.chain().focus();
  if (address === "") chain.extendMarkRange("link").unsetLink().run();
  else if (editor.state.selection.empty && linkAt(editor) === "")
    chain
      .insertContent({
        type: "text",
        text: address.replace(/^(?:https?:\/\/|mailto:|tel:)/i, ""),
        marks: [{ type: "link", attrs: { href: address } }],
      })
      .run();
  else chain.extendMarkRange("link").setLink({ href: address }).run();
}

/** What was typed as an address, with what one leaves out: `hotel.example` means `https://hotel.example`. */
export function completed(typed: string): string {
  const address = typed.trim();
  if (address === "" || /^[a-z][a-z0-9+.-]*:/i.test(address)) return address;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(address)) return `mailto:${address}`;
  return `https://${address}`;
}

/** Why this cannot be a link; null: it can. */
export function problemOf(address: string): string | null {
  // Also those that hide their scheme behind characters that browsers leave out.
  if (!/^(?:https?|mailto|tel):/i.test(address) || !isAllowedUri(address))
    return "A link leads to the web (https://…), to a mail address or to a phone number (tel:…).";
  return null;
}

/** A remark on an address that can be a link all the same. */
export function remarkOn(typed: string): string | null {
  const address = completed(typed);
  if (address === "" || problemOf(address) !== null || !/^https?:/i.test(address)) return null;
  const remark = linkRemark(address);
  return remark ?? (address === typed.trim() ? null : `Leads to ${address}`);
}

/** Word writes the items of a list as paragraphs that look like one, and keeps the marks in front of them as text. */
export function fromOffice(html: string): string {
  if (!/mso-list/i.test(html)) return html;
  const page = new DOMParser().parseFromString(html, "text/html");
  let open: Element | null = null;
  for (const paragraph of page.querySelectorAll("p")) {
    if (!/mso-list\s*:\s*(?!none|ignore)/i.test(paragraph.getAttribute("style") ?? "")) continue;
    const sign = [...paragraph.querySelectorAll("span")].find((span) =>
      /mso-list\s*:\s*ignore/i.test(span.getAttribute("style") ?? ""),
    );
    const tag = /^\s*(?:\d+|[a-z]|[ivx]+)[.)]/i.test(sign?.textContent ?? "") ? "ol" : "ul";
    sign?.remove();
    if (open === null || open.localName !== tag || open.nextElementSibling !== paragraph) {
      open = page.createElement(tag);
      paragraph.before(open);
    }
    const item = page.createElement("li");
    item.append(...paragraph.childNodes);
    open.append(item);
    paragraph.remove();
  }
  return page.body.innerHTML;
}
