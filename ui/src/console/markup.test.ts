import { describe, expect, it } from "vitest";

import { beyond, carried, driftOf, htmlOf, sameWords, textOf } from "./markup";
import { newFields } from "./draft";

describe("the words of formatted text", () => {
  it.each([
    ["", ""],
    ["<p>Two <strong>nights</strong></p>", "Two nights"],
    ["<p>One</p><p>Two<br>Three</p>", "One\n\nTwo\nThree"],
    ["<ul><li>Breakfast</li><li><p>Late check-out</p></li></ul>", "Breakfast\nLate check-out"],
    ["<p>So:</p><ol><li>First</li><li>Second</li></ol><p>Then</p>", "So:\n\n1. First\n2. Second\n\nThen"],
    ["<p>\n  One\n  line </p>\n", "One line"],
    ["<table><tr><th>Room</th><td>240 €</td></tr><tr><td>B</td></tr></table>", "Room 240 €\nB"],
    ["<script>x()</script><style>p{}</style><p>Seen</p>", "Seen"],
    ["1 &lt; 2&nbsp;&amp; so", "1 < 2 & so"],
  ])("of %j are %j", (html, text) => {
    expect(textOf(html)).toBe(text);
  });
});

describe("formatted text of plain words", () => {
  it.each([
    ["", ""],
    ["One\nTwo\n\n\nThree ", "<p>One<br>Two</p><p>Three</p>"],
    ["<b>not bold</b> & so", "<p>&lt;b&gt;not bold&lt;/b&gt; &amp; so</p>"],
  ])("%j is %j", (text, html) => {
    expect(htmlOf(text)).toBe(html);
    expect(sameWords(text, html)).toBe(true);
  });
});

describe("what both kinds of details say", () => {
  it.each([
    ["Breakfast\nTea", "<ul><li>Breakfast</li><li>Tea</li></ul>", "same"],
    ["- Breakfast\n- Tea", "<ul><li>Breakfast</li><li>Tea</li></ul>", "same"],
    ["1. Breakfast", "<ol><li>Breakfast</li></ol>", "same"],
    ["", "", "same"],
    ["", "<p> </p>", "same"],
    ["Breakfast", "<p>Dinner</p>", "differ"],
    ["Breakfast", "", "no-html"],
    ["", "<p>Dinner</p>", "no-text"],
  ] as const)("%j beside %j: %s", (details_text, details_html, drift) => {
    expect(driftOf({ ...newFields(), details_text, details_html })).toBe(drift);
  });
});

describe("an edit of one kind of details", () => {
  const made = (details_text: string, details_html: string) => ({ ...newFields(), details_text, details_html });

  it("is made in the plain text too, where both said the same", () => {
    expect(carried(made("Tea", "<p><b>Tea</b></p>"), "details_html", "<p><b>Tea</b> and cake</p>")).toBe(
      "Tea and cake",
    );
    expect(carried(made("Coffee", "<p>Tea</p>"), "details_html", "<p>Cake</p>")).toBeNull();
  });

  it("leaves the plain text as it is spelt, where only the formatting is another", () => {
    expect(carried(made("- Tea", "<p>Tea</p>"), "details_html", "<ul><li>Tea</li></ul>")).toBeNull();
  });

  it("is made in the formatted text only where no formatting is lost", () => {
    expect(carried(made("Tea", "<p>Tea</p>"), "details_text", "Tea\nCake")).toBe("<p>Tea<br>Cake</p>");
    expect(carried(made("", ""), "details_text", "Tea")).toBe("<p>Tea</p>");
    expect(carried(made("Tea", "<p><b>Tea</b></p>"), "details_text", "Cake")).toBeNull();
    expect(carried(made("Tea", ""), "details_text", "Cake")).toBeNull();
  });
});

describe("what the editor cannot show", () => {
  it.each([
    ["", null],
    [
      "<p>A <b>b</b> <em>c</em> <a href='https://a.example/' target='_blank' rel='x'>d</a></p><ul><li>e</li></ul>",
      null,
    ],
    ["<div>A<br><span>B</span></div>", null],
    ["<table><tr><td>A</td></tr></table>", "tables"],
    ["<p>A<img src='x'></p><h2>B</h2>", "pictures and headings"],
    ["<script>x()</script><p>A</p>", "code"],
    ["<p onclick='x()'>A</p>", "code"],
    ["<p style='color:red'>A</p>", "colours or styles"],
    ["<table></table><img><blockquote>A</blockquote>", "tables, pictures and other formatting"],
  ])("in %j is %j", (html, words) => {
    expect(beyond(html)).toBe(words);
  });
});
