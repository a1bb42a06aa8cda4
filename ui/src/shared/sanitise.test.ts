import { describe, expect, it } from "vitest";

import cases from "./markup-cases.json";
import { clean, sanitise } from "./sanitise";

function html(text: string): string {
  const holder = document.createElement("div");
  holder.append(sanitise(text) ?? "");
  return holder.innerHTML;
}

describe("the list of the markup crate", () => {
  it.each(cases)("makes $clean of $html here too", ({ html, clean: expected }) => {
    expect(clean(html)).toBe(expected);
  });
});

describe("details", () => {
  it("keep the structure of text", () => {
    const text = "<p>Two <strong>nights</strong></p><ul><li>Breakfast</li></ul>";
    expect(html(text)).toBe(text);
  });

  it("have headings below the offer's own", () => {
    expect(html("<h1>A</h1><h6>B</h6>")).toBe("<h4>A</h4><h4>B</h4>");
  });

  it.each([
    ["<script>x()</script>", ""],
    ["<p onclick='x()' style='color:red' class='a' id='b' data-c='d'>Text</p>", "<p>Text</p>"],
    ["<img src=x onerror=x()>Text", "Text"],
    ["<a href='javascript:x()'>Text</a>", "<a>Text</a>"],
    ["<iframe src='https://a.example/'></iframe>Text", "Text"],
    ["<form action='https://a.example/'><input>Text</form>", "Text"],
  ])("%j become %j", (text, shown) => {
    expect(html(text)).toBe(shown);
  });

  it("lead on only to the web, a mail or a phone", () => {
    expect(html("<a href='https://a.example/' target='_blank'>A</a>")).toBe(
      '<a href="https://a.example/" rel="noopener nofollow">A</a>',
    );
    expect(html("<a href='tel:+353'>A</a>")).toContain("tel:+353");
    expect(html("<a href='file:///etc/passwd'>A</a>")).toBe("<a>A</a>");
  });

  it.each(["", "  ", "<p> </p>", "<br>", "<script>x</script>"])("are none where %j leaves nothing to read", (text) => {
    expect(sanitise(text)).toBeNull();
  });
});

it("what says how a text reads or a table stands is kept", () => {
  const kept = [
    '<table><tbody><tr><th colspan="2">Room</th></tr></tbody></table>',
    '<p dir="rtl" lang="he">x</p>',
    '<time datetime="2026-12-24">tomorrow</time>',
  ];
  for (const html of kept) {
    const place = document.createElement("div");
    place.append(sanitise(html) ?? "");
    expect(place.innerHTML).toBe(html);
  }
});
