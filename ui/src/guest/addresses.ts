/**
 * Addresses that a server or a configuration file names, before anything of the page follows them. Only the web's own schemes pass: what
 * would run as script (`javascript:`, `data:`) or open another program is no address here.
 */

/** The absolute form of a web address, or "" where the text is none. */
export function webAddress(text: unknown, base?: string): string {
  if (typeof text !== "string" || text.trim() === "") return "";
  try {
    const url = new URL(text.trim(), base);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : "";
  } catch {
    return "";
  }
}

/**
 * The address of a picture. A server behind a proxy can name `http://` where `https://` works; on an encrypted page browsers refuse the
 * former, so there the latter is tried.
 */
export function pictureAddress(text: unknown, base: string, encrypted: boolean): string | null {
  const address = webAddress(text, base);
  return (encrypted ? address.replace(/^http:/, "https:") : address) || null;
}

/** Another address of the same picture, which no cache has: the picture behind the first one has changed. */
export function freshAddress(address: string, version: string): string {
  if (version === "") return address;
  const url = new URL(address);
  url.searchParams.set("changed", version);
  return url.href;
}
