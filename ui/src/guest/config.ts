/**
 * What whoever hosts the page says: `config.json` beside it, or the attributes of the embedded element. Nothing secret is in it.
 *
 * ```json
 * { "api": "https://hotel.example/api", "slug": "killarney", "pusher": { "key": "…", "cluster": "eu" } }
 * ```
 */
import { webAddress } from "./addresses";
import { isObject } from "./offers";

/** Where live updates come from. */
export type LiveSource =
  | { readonly key: string; readonly cluster: string }
  | { readonly key: string; readonly host: string; readonly port: number | null; readonly tls: boolean };

export interface Config {
  /** API base without a slash at its end */
  readonly api: string;
  readonly slug: string;
  /** null: the page reads again from time to time instead */
  readonly live: LiveSource | null;
}

/** A configuration, or what is wrong with it. `warnings` are for the owner of the site, never for guests. */
export type Reading =
  | { readonly config: Config; readonly warnings: readonly string[] }
  | { readonly config: null; readonly warnings: readonly string[] };

/** `page`: the address of the page, which a relative `api` and the last folder's name as a slug are taken from. */
export function readConfig(value: unknown, page: string): Reading {
  if (!isObject(value)) return { config: null, warnings: ["the configuration is no JSON object"] };
  const warnings: string[] = [];
  const api = webAddress(value.api, page).replace(/\/+$/, "");
  if (api === "") warnings.push("`api` is missing: name the API's address, e.g. https://hotel.example/api");
  const slug = typeof value.slug === "string" && value.slug !== "" ? value.slug : slugOf(page);
  if (slug === "") warnings.push("`slug` is missing, and the page's address has no folder to take it from");
  const live = readLive(value.pusher, page);
  if (live === null)
    warnings.push(
      "`pusher` has no `key`, or neither `cluster` nor `host`: offers will be up to a minute old, not live",
    );
  return api === "" || slug === "" ? { config: null, warnings } : { config: { api, slug, live }, warnings };
}

function readLive(value: unknown, page: string): LiveSource | null {
  if (!isObject(value)) return null;
  const word = (name: string): string => (typeof value[name] === "string" ? value[name].trim() : "");
  const key = word("key");
  if (key === "") return null;
  if (word("host") !== "") {
    const port = Number(value.port);
    const usable = Number.isInteger(port) && port > 0 && port < 65_536;
    // A page that came encrypted may not talk in the clear anyway.
    const tls = page.startsWith("https:") || String(value.tls ?? true) !== "false";
    return { key, host: word("host"), port: usable ? port : null, tls };
  }
  return word("cluster") === "" ? null : { key, cluster: word("cluster") };
}

/** The last folder of an address: `https://hotel.example/offers/killarney/` is `killarney`'s. */
function slugOf(page: string): string {
  const folders = new URL(page).pathname.split("/").slice(0, -1);
  return decodeURIComponent(folders.at(-1) ?? "");
}
