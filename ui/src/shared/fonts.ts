/**
 * The windows' font, given to the page face by face and not by a style sheet.
 *
 * WebKit makes the fonts of a style sheet anew whenever any style sheet changes, and never lets go of what it knew of the earlier ones: about
 * 1 MB each time. Faces that were added to the page itself stay as they are. (`restyle.ts` changes a style sheet once a minute.)
 */
import cyrillic from "@fontsource-variable/inter/files/inter-cyrillic-wght-normal.woff2";
import cyrillicExt from "@fontsource-variable/inter/files/inter-cyrillic-ext-wght-normal.woff2";
import greek from "@fontsource-variable/inter/files/inter-greek-wght-normal.woff2";
import greekExt from "@fontsource-variable/inter/files/inter-greek-ext-wght-normal.woff2";
import latin from "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2";
import latinExt from "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2";
import vietnamese from "@fontsource-variable/inter/files/inter-vietnamese-wght-normal.woff2";
import ranges from "@fontsource-variable/inter/unicode.json";

const files: Record<keyof typeof ranges, string> = {
  cyrillic,
  "cyrillic-ext": cyrillicExt,
  greek,
  "greek-ext": greekExt,
  latin,
  "latin-ext": latinExt,
  vietnamese,
};

/**
 * A face is read when the first text needs it; that of Latin text, which every window has, at once: or the first picture would be laid out and
 * painted in another font, and then again.
 */
export function addFonts(page: Document): void {
  for (const [script, file] of Object.entries(files)) {
    const face = new FontFace("Inter Variable", `url("${file}") format("woff2-variations")`, {
      weight: "100 900",
      display: "swap",
      unicodeRange: ranges[script as keyof typeof ranges],
    });
    page.fonts.add(face);
    // Without it, text stays in the system's font.
    if (script === "latin") face.load().catch(() => undefined);
  }
}
