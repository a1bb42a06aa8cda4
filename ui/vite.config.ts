import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** What the console reads before its first picture, in bytes of script. What that picture does not need belongs into `console/parts.ts`. */
const LIMIT = 230_000;

/** What a page's first script imports as it runs is named in the page, so that it is fetched along with that script and not after it. */
const fetchedAlong: Plugin = {
  name: "hotelmate-fetched-along",
  transformIndexHtml: {
    order: "post",
    handler(page, { bundle = {}, chunk }) {
      const links = new Map<string, string>();
      let bytes = chunk?.code.length ?? 0;
      const add = (name: string): void => {
        const imported = bundle[name];
        if (imported?.type !== "chunk" || links.has(name)) return;
        links.set(name, "modulepreload");
        bytes += imported.code.length;
        imported.viteMetadata?.importedCss.forEach((style) => links.set(style, "stylesheet"));
        imported.imports.forEach(add);
      };
      chunk?.dynamicImports.forEach(add);
      // Vite has named these itself.
      chunk?.imports.forEach(add);
      if (chunk?.dynamicImports.length && bytes > LIMIT)
        throw new Error(`the console's first picture needs ${bytes} bytes of script, more than ${LIMIT}`);
      return [...links]
        .map(([name, rel]) => ({ tag: "link", attrs: { rel, crossorigin: true, href: `./${name}` } }))
        .filter(({ attrs }) => !page.includes(attrs.href))
        .map((link) => ({ ...link, injectTo: "head" as const }));
    },
  },
};

/**
 * The window's program. Everything it needs is bundled: its content security policy allows no remote origin, no inline
 * script and no inline style.
 */
export default defineConfig({
  // Served from tauri://localhost and, in development, from a loopback port.
  base: "./",
  plugins: [svelte(), svelteTesting(), fetchedAlong],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: {
    // WebKitGTK 2.40 and macOS 13 are the oldest webviews the app runs in.
    target: "safari16",
    // A data: font would be refused by `default-src 'self'`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The console, and the preview of what guests see.
    rolldownOptions: { input: ["index.html", "preview.html"] },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./tests/setup.ts"],
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    // A deadline, not an expectation: jsdom is slow on a loaded two-core machine.
    testTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
    restoreMocks: true,
  },
});
