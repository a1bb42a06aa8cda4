/**
 * Which element of the page each offer of a list has. An offer keeps its element for as long as it is shown. When another list was asked
 * for, those that come may take the elements of those that went: filling them takes less time than making others. But whoever presses a
 * button, or has the keyboard in the list, meant that offer and no other.
 */
export class Slots {
  #of: ReadonlyMap<string, number> = new Map();
  #made = 0;
  #asked = "";

  /** The element's number for each offer, in their order. `asked`: what the list is the answer to. */
  assign(identities: readonly string[], asked: string, list: HTMLElement | undefined): number[] {
    const reuse = asked !== this.#asked && !list?.contains(document.activeElement);
    const here = new Set(identities);
    const free = reuse ? [...this.#of].flatMap(([identity, slot]) => (here.has(identity) ? [] : slot)) : [];
    const of = new Map<string, number>();
    for (const identity of identities) of.set(identity, this.#of.get(identity) ?? free.shift() ?? this.#made++);
    this.#of = of;
    this.#asked = asked;
    return [...of.values()];
  }
}
