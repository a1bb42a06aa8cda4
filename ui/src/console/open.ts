/** What `main.ts` opens: the console's first picture and what it needs. */
import { mount } from "svelte";

import type { Backend } from "../backend";
import App from "./App.svelte";

export function open(target: HTMLElement, backend: Backend, locale: string): void {
  mount(App, { target, props: { backend, locale } });
}
