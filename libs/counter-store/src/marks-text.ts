/** Lists of writers and positions as scripts take and give them. */
import type { Modification, VersionVector, VoidPair, Writer } from '@headcount/crdt';

/** The incarnation of all that a region has written before it had peers (includes/bucket.lua). */
const LIFE_ZERO = '0'.repeat(20);
/** What scripts call this region in its life zero: before it has peers, they do not know its name. */
const OWN_LIFE_ZERO = '~';

/** Between the names of scripts and those that other regions understand. `home`: this region's name, with or without peers. */
export class MarksText {
  private readonly ownLifeZero: Writer;

  constructor(private readonly home: string) {
    this.ownLifeZero = `${home}/${LIFE_ZERO}` as Writer;
  }

  /** `writer position …` */
  write(vector: VersionVector): string {
    return [...vector].map(([writer, at]) => `${this.short(writer)} ${at}`).join(' ');
  }

  /** What `write` makes. */
  read(text: string): VersionVector {
    return new Map(this.places(text).map(({ writer, position }) => [writer, position]));
  }

  /** `writer position writer position …`, two by two. */
  readPairs(text: string): VoidPair[] {
    const places = this.places(text);
    const pairs: VoidPair[] = [];
    for (let at = 0; at + 1 < places.length; at += 2) {
      const [one, other] = places.slice(at, at + 2);
      if (one && other) pairs.push([one, other]);
    }
    return pairs;
  }

  /** The writer that a script calls so. */
  writerOf(name: string): Writer {
    if (name === OWN_LIFE_ZERO) return this.ownLifeZero;
    return (name.startsWith('/') ? `${this.home}${name}` : name) as Writer;
  }

  private short(writer: Writer): string {
    return writer === this.ownLifeZero ? OWN_LIFE_ZERO : writer;
  }

  private places(text: string): Modification[] {
    const found = [...text.matchAll(/(\S+) (\d+)/g)];
    return found.map(([, name = '', position]) => ({
      writer: this.writerOf(name),
      position: Number(position),
    }));
  }
}
