import { Fault } from '../setup/fault.mjs';
import { Link } from './link.mjs';

/**
 * Everything between the regions of this machine, and the hand that splits and rejoins them. A region reaches each other
 * one by a link of its own; cutting two from each other cuts both ways.
 */
export class Links {
  #names;
  /** `{ from, to, link }`, two for each pair. */
  #ways;

  /** `regions` is a list of `{ name, host, port }`, the address of each region's counter-api. */
  static async between(regions) {
    const ways = regions.flatMap(({ name: from }) =>
      regions
        .filter(({ name }) => name !== from)
        .map(async ({ name: to, host, port }) => ({
          from,
          to,
          link: await Link.to({ host, port }),
        })),
    );
    return new Links(
      regions.map(({ name }) => name),
      await Promise.all(ways),
    );
  }

  /** Use {@link Links.between}. */
  constructor(names, ways) {
    this.#names = names;
    this.#ways = ways;
  }

  /** The setting PEERS of a region: `local-2=http://127.0.0.1:41234,…`. */
  peersOf(name) {
    return this.#ways
      .filter(({ from }) => from === name)
      .map(({ to, link }) => `${to}=${link.url}`)
      .join(',');
  }

  /**
   * Does what an operator says, `cut`, `heal` or `status`, and answers in lines of text. `names`: none means all regions,
   * one means that one and all others, two mean those two. Throws a Fault where that makes no sense.
   */
  order(verb, names) {
    this.#check(verb, names);
    const ways = this.#ways.filter(
      ({ from, to }) => names.length === 0 || names.every((name) => name === from || name === to),
    );
    if (verb === 'cut') for (const { link } of ways) link.cut();
    if (verb === 'heal') for (const { link } of ways) link.heal();
    return ways
      .filter(({ from, to }) => from < to)
      .map(({ from, to, link }) => `${from} and ${to} are ${link.isCut ? 'cut' : 'joined'}.`);
  }

  close() {
    for (const { link } of this.#ways) link.close();
  }

  #check(verb, names) {
    if (!['cut', 'heal', 'status'].includes(verb))
      throw new Fault(`Say cut, heal or status, and after it no region, one or two.`);
    if (this.#names.length < 2)
      throw new Fault(
        'Headcount runs with one region, so there is nothing to cut; "npm start -- --regions 2" starts two.',
      );
    const unknown = names.find((name) => !this.#names.includes(name));
    if (unknown !== undefined)
      throw new Fault(`There is no region ${unknown}; there are ${this.#names.join(', ')}.`);
    if (names.length > 2 || (names.length === 2 && names[0] === names[1]))
      throw new Fault(`Name no region, one, or two different ones.`);
  }
}
