/** Chooses who answers the window: the shell, or in development and tests a hotel kept in memory. */
import type { Backend } from "./backend";
import { createTauriBackend } from "./tauri";

export type { Backend } from "./backend";

export async function createBackend(): Promise<Backend> {
  if ("__TAURI_INTERNALS__" in window) return createTauriBackend();
  // Left out of the build that ships: there is no hotel in it but the real one and the embedded demo.
  if (import.meta.env.MODE !== "production") return (await import("./scenes")).createScene(location.search);
  throw new Error("This page is a part of HotelMate Console: open the app.");
}
