import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

const source = join(import.meta.dirname, "src/guest");
const built = join(import.meta.dirname, "dist-guest");

/** What a phone has to fetch before it can show anything, in bytes, compressed. */
const LIMIT = 60_000;

/**
 * The guest page, as static files for any web server: `--mode page` (index.html and what it loads) and then `--mode embed` (one script for a
 * hotel's own page). Names without fingerprints: who embeds the script names it once, and servers let browsers ask whether it has changed.
 */
export default defineConfig(({ mode }) => {
  const embed = mode === "embed";
  return {
    root: source,
    base: "./",
    publicDir: embed ? false : "public",
    plugins: [
      svelte({ configFile: join(import.meta.dirname, "svelte.config.js") }),
      ...(embed ? [stylesInside()] : []),
      weighed(),
    ],
    build: {
      outDir: built,
      emptyOutDir: !embed,
      // The first with container queries and adopted style sheets.
      target: ["chrome111", "firefox114", "safari16.4"],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      cssCodeSplit: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: embed ? join(source, "embed.ts") : join(source, "index.html"),
        output: {
          format: embed ? "iife" : "es",
          entryFileNames: embed ? "embed.js" : "guest.js",
          assetFileNames: embed ? "embed.[ext]" : "guest.[ext]",
        },
      },
    },
  };
});

/** Puts the element's style sheet into its script: a shadow root has no use for a link of the page around it. */
function stylesInside(): Plugin {
  return {
    name: "hotelmate-styles-inside",
    writeBundle() {
      const [script, styles] = [join(built, "embed.js"), join(built, "embed.css")];
      const [before, after, more] = readFileSync(script, "utf8").split("HOTELMATE_STYLES");
      if (before === undefined || after === undefined || more !== undefined)
        throw new Error("embed.ts names HOTELMATE_STYLES once");
      writeFileSync(script, before + JSON.stringify(readFileSync(styles, "utf8").trim()) + after);
      rmSync(styles);
    },
  };
}

/**
 * Leaves each script and style compressed beside itself, for servers that send such files, and fails the build when they are heavier together than
 * promised.
 */
function weighed(): Plugin {
  return {
    name: "hotelmate-weighed",
    writeBundle: {
      order: "post",
      handler(_, bundle) {
        const names = Object.keys(bundle).filter((name) => /\.js$/.test(name) || name === "guest.css");
        const bytes = names.map((name) => {
          const compressed = gzipSync(readFileSync(join(built, name)), { level: 9 });
          writeFileSync(join(built, `${name}.gz`), compressed);
          return compressed.length;
        });
        const total = bytes.reduce((sum, size) => sum + size, 0);
        const words = names.map((name, at) => `${name} ${bytes[at] ?? 0}`).join(", ");
        if (total > LIMIT)
          throw new Error(`the guest page is too heavy: ${total} bytes of ${LIMIT} compressed (${words})`);
        console.log(`${words}: ${total} bytes of ${LIMIT}, compressed`);
      },
    },
  };
}
