/** Follows as they stand in Redis (includes/follows.lua). */
import type { Redis } from 'ioredis';
import { NEVER_FOLLOWED, NEVER_MUTED, type Follow, type Writer } from '@headcount/crdt';
import type { PageId } from '@headcount/protocol';
import { markersKey, namesKey } from './keys.js';
import type { MarksText } from './marks-text.js';

interface Packed {
  readonly length: number;
  readonly mute: Follow['mute'];
  readonly marks: readonly (readonly [number: string, position: number])[];
}

function unpack(text: string): Packed {
  const [, number, until] = / m(\d+),(\d+)/.exec(text) ?? [];
  const marks = [...text.matchAll(/ (\d+)=(\d+)/g)];
  return {
    length: Number.parseInt(text, 10),
    mute: number ? { number: Number(number), untilMs: Number(until) } : NEVER_MUTED,
    marks: marks.map(([, writer = '', position]) => [writer, Number(position)]),
  };
}

/** Reads them, with the tables of their bucket. */
export class FollowText {
  constructor(
    private readonly redis: Redis,
    private readonly marksText: MarksText,
  ) {}

  /** Fields of a user's hash, by page. */
  async read(
    bucket: number,
    held: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<PageId, Follow>> {
    const [pages, follows] = await Promise.all([
      this.fullNames(bucket, [...held.keys()]),
      this.parse(bucket, [...held.values()]),
    ]);
    return new Map(
      pages.map((page, at) => [page as PageId, follows[at] ?? NEVER_FOLLOWED] as const),
    );
  }

  /** Follows from their texts; '' is that of what was never followed. */
  async parse(bucket: number, texts: readonly string[]): Promise<Follow[]> {
    const packed = texts.map((text) => (text === '' ? null : unpack(text)));
    const numbers = new Set(packed.flatMap((one) => one?.marks.map(([number]) => number) ?? []));
    const writers = await this.writers(bucket, [...numbers]);
    return packed.map((one) => {
      if (one === null) return NEVER_FOLLOWED;
      const marks = one.marks.flatMap(([number, position]) => {
        const writer = writers.get(number);
        return writer === undefined ? [] : ([[writer, position]] as const);
      });
      return { length: one.length, mute: one.mute, marks: new Map(marks) };
    });
  }

  private async writers(
    bucket: number,
    numbers: readonly string[],
  ): Promise<ReadonlyMap<string, Writer>> {
    const stored = numbers.filter((number) => number !== '0');
    const names = stored.length > 0 ? await this.redis.hmget(markersKey(bucket), ...stored) : [];
    const writers = new Map([['0', this.marksText.writerOf('~')]]);
    stored.forEach((number, at) => {
      const name = names[at];
      if (name) writers.set(number, this.marksText.writerOf(name));
    });
    return writers;
  }

  private async fullNames(bucket: number, keys: readonly string[]): Promise<string[]> {
    const digests = keys.filter((key) => key.startsWith('#'));
    const names = digests.length > 0 ? await this.redis.hmget(namesKey(bucket), ...digests) : [];
    const full = new Map(digests.map((digest, at) => [digest, names[at] ?? digest]));
    return keys.map((key) => full.get(key) ?? key);
  }
}
