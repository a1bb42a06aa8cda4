/**
 * What changed inside a text, word by word, short enough for a line in a list: the changed words with a little of what stands around
 * them. Absent: moved passages, and formatting.
 */
export type Piece = { kind: "same" | "out" | "in"; text: string };

/** Letters of unchanged text left standing beside a change. */
const AROUND = 28;
/** Longest changed passage shown whole. */
const LONGEST = 160;
/** Beyond this many pairs of words the exact comparison is not worth its time: the middle counts as changed. */
const MOST_PAIRS = 250_000;

export function difference(before: string, after: string): Piece[] {
  const [a, b] = [tokens(before), tokens(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const pieces = [
    ...(start > 0 ? [piece("same", a.slice(0, start))] : []),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...(end > 0 ? [piece("same", a.slice(a.length - end))] : []),
  ];
  return pieces.map((one, at) => shorten(one, at === 0, at === pieces.length - 1));
}

const tokens = (text: string): string[] => text.match(/\s+|[^\s]+/g) ?? [];
const piece = (kind: Piece["kind"], words: string[]): Piece => ({ kind, text: words.join("") });

function middle(a: string[], b: string[]): Piece[] {
  if (a.length === 0 || b.length === 0 || a.length * b.length > MOST_PAIRS) {
    return [...(a.length > 0 ? [piece("out", a)] : []), ...(b.length > 0 ? [piece("in", b)] : [])];
  }
  // lengths[i][j]: words in common of a from i and b from j
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    const row = lengths[i] as Uint32Array;
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pieces: Piece[] = [];
  const add = (kind: Piece["kind"], text: string) => {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add("same", a[i] ?? "");
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) add("out", a[i++] ?? "");
    else add("in", b[j++] ?? "");
  }
  return joined(pieces);
}

/** A lone space in common does not make two changes out of one. */
function joined(pieces: Piece[]): Piece[] {
  const runs: Piece[][] = [[]];
  for (const one of pieces) {
    if (one.kind === "same" && one.text.trim() !== "") runs.push([one], []);
    else runs.at(-1)?.push(one);
  }
  return runs.flatMap((run) => {
    if (run.every(({ kind }) => kind === "same")) return run;
    const text = (side: "out" | "in") =>
      run.filter(({ kind }) => kind === side || kind === "same").map((one) => one.text);
    const [out, into] = [text("out").join(""), text("in").join("")];
    return [
      ...(out ? [{ kind: "out" as const, text: out }] : []),
      ...(into ? [{ kind: "in" as const, text: into }] : []),
    ];
  });
}

function shorten({ kind, text }: Piece, first: boolean, last: boolean): Piece {
  if (kind !== "same") return { kind, text: text.length > LONGEST ? cut(text, LONGEST - 60, 50) : text };
  if (first && last) return { kind, text };
  if (first) return { kind, text: text.length > AROUND ? cut(text, 0, AROUND) : text };
  if (last) return { kind, text: text.length > AROUND ? cut(text, AROUND, 0) : text };
  return { kind, text: text.length > 2 * AROUND ? cut(text, AROUND, AROUND) : text };
}

/** The beginning and the end of a text, in whole words where there is more than one. */
function cut(text: string, head: number, tail: number): string {
  const begin = text.slice(0, head).replace(/(\s)\S*$/, "$1");
  const end = tail > 0 ? text.slice(-tail).replace(/^\S*\s(?=.*\S)/s, "") : "";
  return `${begin}…${end}`;
}
