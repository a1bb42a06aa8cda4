/**
 * Offers to a spreadsheet and back: what was written where, what a chosen table would change, which of its rows are wanted, and what came of
 * each. A row is imported by the same command as an edit made by hand, so it is queued offline, may conflict and stands in the history; one
 * that fails stops none of the others. Until `run` nothing is changed.
 *
 * Absent: reading and comparing tables, which the `sheet` crate does.
 */
import type { Backend } from "../backend/backend";
import type { ChosenTable, FieldChange, OfferFields, OfferKey, Plan, Row } from "../backend/bindings";
import { newFields } from "./draft";
import { asAppError } from "./errors";
import { counted } from "./words";

/** What came of a row. `key`: the offer to show. */
export type RowResult = { came: "done"; key: OfferKey } | { came: "failed"; words: string };

/** What a row would do, as it is listed. */
export type RowKind = Plan["kind"];

type Commands = Pick<Backend, "createOffer" | "updateOffer" | "exportOffers" | "pickTable">;

export class Exchange {
  /** what was chosen last */
  table = $state.raw<ChosenTable | null>(null);
  /** numbers of the rows to import */
  chosen = $state.raw<ReadonlySet<number>>(new Set());
  results = $state.raw<ReadonlyMap<number, RowResult>>(new Map());
  running = $state.raw(false);
  /** rows to import in this run */
  total = $state.raw(0);
  /** those of them that are through */
  through = $state.raw(0);
  /** where offers were written last, and how many */
  written = $state.raw<{ path: string; count: number } | null>(null);
  failure = $state.raw<string | null>(null);

  readonly #commands: Commands;
  readonly #currentKey: (key: OfferKey) => OfferKey;
  #busy = false;
  #stopped = false;

  constructor(commands: Commands, currentKey: (key: OfferKey) => OfferKey) {
    this.#commands = commands;
    this.#currentKey = currentKey;
  }

  get rows(): readonly Row[] {
    return this.table?.preview.rows ?? [];
  }

  async save(keys: OfferKey[]): Promise<void> {
    await this.#dialog(async () => {
      const path = await this.#commands.exportOffers(keys);
      if (path !== null) this.written = { path, count: keys.length };
    });
  }

  /** Lets the user choose a table. All its rows that change something are wanted, but those that seem to have been imported before. */
  async pick(): Promise<void> {
    if (this.running) return;
    await this.#dialog(async () => {
      const table = await this.#commands.pickTable();
      if (table === null) return;
      this.#take(table);
    });
  }

  canChoose({ number, plan }: Row): boolean {
    return (plan.kind === "create" || plan.kind === "update") && this.results.get(number)?.came !== "done";
  }

  choose(number: number, wanted: boolean): void {
    const chosen = new Set(this.chosen);
    if (wanted) chosen.add(number);
    else chosen.delete(number);
    this.chosen = chosen;
  }

  chooseAll(wanted: boolean): void {
    this.chosen = new Set(wanted ? this.rows.filter((row) => this.canChoose(row)).map(({ number }) => number) : []);
  }

  async run(): Promise<void> {
    const rows = this.rows.filter((row) => this.chosen.has(row.number) && this.canChoose(row));
    if (this.running || rows.length === 0) return;
    this.running = true;
    this.#stopped = false;
    this.failure = null;
    this.total = rows.length;
    this.through = 0;
    this.results = new Map([...this.results].filter(([, { came }]) => came === "done"));
    for (const row of rows) {
      if (this.#stopped) break;
      const result = await this.#one(row);
      this.results = new Map(this.results).set(row.number, result);
      this.through++;
      if (result.came === "done") this.choose(row.number, false);
    }
    this.running = false;
  }

  /** What is under way is finished; nothing more is begun. */
  stop(): void {
    this.#stopped = true;
  }

  /** Whoever signs in next has other offers. */
  leave(): void {
    this.stop();
    this.table = this.written = this.failure = null;
    this.chosen = new Set();
    this.results = new Map();
  }

  counts(): Record<RowKind, number> {
    const counts = { create: 0, update: 0, unchanged: 0, wrong: 0 };
    for (const { plan } of this.rows) counts[plan.kind]++;
    return counts;
  }

  /** `2 new offers, 1 changed, 5 unchanged, 1 with errors`. */
  previewWords(): string {
    const { create, update, unchanged, wrong } = this.counts();
    const parts = [
      ...(create > 0 ? [counted(create, "new offer")] : []),
      ...(update > 0 ? [`${update} changed`] : []),
      ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
      ...(wrong > 0 ? [`${wrong} with errors`] : []),
    ];
    return parts.join(", ") || "No rows below the first";
  }

  /** `3 of 4 imported, 1 failed`; null: nothing was begun. */
  resultWords(): string | null {
    const all = [...this.results.values()];
    const failed = all.filter(({ came }) => came === "failed").length;
    const done = all.length - failed;
    if (this.running) return `Importing: ${this.through} of ${this.total}`;
    if (all.length === 0) return null;
    return `${counted(done, "row")} imported${failed > 0 ? `, ${failed} failed` : ""}`;
  }

  #take(table: ChosenTable): void {
    this.table = table;
    this.results = new Map();
    const wanted = table.preview.rows.filter(
      ({ plan }) => plan.kind === "update" || (plan.kind === "create" && !plan.twin),
    );
    this.chosen = new Set(wanted.map(({ number }) => number));
  }

  async #one({ plan }: Row): Promise<RowResult> {
    try {
      if (plan.kind === "create") return { came: "done", key: await this.#commands.createOffer(plan.fields, null) };
      if (plan.kind === "update") {
        const key = this.#currentKey(plan.key);
        await this.#commands.updateOffer(key, plan.patch, null);
        return { came: "done", key };
      }
      return { came: "failed", words: "This row changes nothing." };
    } catch (error) {
      return { came: "failed", words: asAppError(error).message };
    }
  }

  async #dialog(work: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.failure = null;
    try {
      await work();
    } catch (error) {
      this.failure = asAppError(error).message;
    } finally {
      this.#busy = false;
    }
  }
}

/** The fields that a row would change, in the order a person reads an offer. */
export function changesOf(plan: Plan): FieldChange[] {
  if (plan.kind !== "update") return [];
  return Object.entries(plan.patch).flatMap(([field, change]) =>
    change ? [{ field: field as FieldChange["field"], before: change.before, after: change.after }] : [],
  );
}

/** What a row would give a new offer besides its title and short description, whether guests see it in any case. */
export function valuesOf(plan: Plan): { field: keyof OfferFields; value: FieldChange["after"] }[] {
  if (plan.kind !== "create") return [];
  const { fields } = plan;
  const usual: OfferFields = { ...newFields(), title: fields.title, short_description: fields.short_description };
  return (Object.keys(fields) as (keyof OfferFields)[])
    .filter((field) => field === "is_active" || fields[field] !== usual[field])
    .map((field) => ({ field, value: fields[field] }));
}
