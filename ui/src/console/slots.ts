/**
 * Which element of the page each offer of a list has. An offer keeps its element for as long as it is shown. When another list was asked
 * for, or the same one is scrolled, those that come may take the elements of those that went: filling them takes less time than making
 * others. But where offers come and go by themselves, whoever presses a button meant that offer and no other; and so does whoever has the
 * keyboard in the list.
 */
export class Slots {
  #of: ReadonlyMap<string, number> = new Map();
  #made = 0;
  #asked = "";
  #list: readonly unknown[] | undefined;

  /**
   * The element's number for each offer that is in the page, in their order. `asked`: what the list is the answer to; `list`: all of it, another
   * array once anything in it is another; `place`: the element it stands in.
   */
  assign(
    identities: readonly string[],
    asked: string,
    list: readonly unknown[],
    place: HTMLElement | undefined,
  ): number[] {
    const isOurs = asked !== this.#asked || list === this.#list;
    const reuse = isOurs && !place?.contains(document.activeElement);
    const here = new Set(identities);
    const free = reuse ? [...this.#of].flatMap(([identity, slot]) => (here.has(identity) ? [] : slot)) : [];
    const of = new Map<string, number>();
    for (const identity of identities) of.set(identity, this.#of.get(identity) ?? free.shift() ?? this.#made++);
    this.#of = of;
    this.#asked = asked;
    this.#list = list;
    return [...of.values()];
  }
}
