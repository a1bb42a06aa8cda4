import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

export default ts.config(
  // Generated from Rust by another project's rules; `cargo xtask ci` holds it against its source.
  { ignores: ["dist", "dist-guest", "node_modules", "src/backend/bindings.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_$" }],
      eqeqeq: "error",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig, extraFileExtensions: [".svelte"] } },
    rules: {
      // The content security policy refuses style="…" in markup that Svelte clones; `style:` is compiled to property calls.
      "svelte/no-inline-styles": ["error", { allowTransitions: true }],
      "svelte/no-at-html-tags": "error",
      // Plain Map and Set are the choice where nothing on screen depends on them.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  {
    // One room talks to the shell.
    files: ["src/**"],
    ignores: ["src/backend/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["@tauri-apps/*"], message: "Only src/backend talks to the shell: use the Backend interface." },
            {
              group: ["**/backend/tauri", "**/backend/tauri.ts"],
              message: "Take a Backend from src/backend/index.ts.",
            },
          ],
        },
      ],
    },
  },
);
