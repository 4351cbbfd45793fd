import { until } from '@headcount/testing';
import type { Unanswered } from './kernel-connections.js';
import { VanishedReaders, type ReaderConnection } from './vanished-readers.js';

/** What a connection is seen to be, look by look: bytes written, bytes unanswered, tries; null: not in the table. */
type Look = readonly [written: number, unanswered: number, tries: number] | null;

let ports = 0;

class Reader implements ReaderConnection {
  readonly localAddress = '127.0.0.1';
  readonly localPort = 4001;
  readonly remoteAddress = '127.0.0.2';
  readonly remotePort = (ports += 1);
  readonly writableLength = 0;
  looks = 0;
  vanishedAt: number | null = null;

  constructor(private readonly sights: readonly Look[]) {}

  get bytesWritten(): number {
    return this.now?.[0] ?? 0;
  }

  get now(): Look {
    return this.sights[this.looks] ?? null;
  }

  get isOver(): boolean {
    return this.looks >= this.sights.length;
  }
}

describe('VanishedReaders', () => {
  const blind: unknown[] = [];
  const watched: (() => unknown)[] = [];
  beforeEach(() => blind.splice(0));
  afterEach(() => watched.splice(0).forEach((unwatch) => unwatch()));

  /** Gives each reader its sights in turn. The kernel's names end with the port, in hex. */
  function look(readers: readonly Reader[]) {
    return async (names: ReadonlySet<string>): Promise<ReadonlyMap<string, Unanswered>> => {
      const found = new Map<string, Unanswered>();
      for (const name of names) {
        const reader = readers.find(
          ({ remotePort }) => remotePort === parseInt(name.slice(-4), 16),
        );
        if (reader?.now) found.set(name, { bytes: reader.now[1], tries: reader.now[2] });
        // What is written stays the same until the look has ended.
        if (reader) process.nextTick(() => (reader.looks += 1));
      }
      return found;
    };
  }

  function made(unansweredOn: ReturnType<typeof look>): VanishedReaders {
    const clock = { monotonicMs: () => 0 };
    return new VanishedReaders({
      ...{ everyMs: 1, clock, unansweredOn },
      blind: (cause) => blind.push(cause),
    });
  }

  /** At which look, if any, each is found to have vanished. */
  async function found(...all: readonly (readonly Look[])[]): Promise<(number | null)[]> {
    const readers = all.map((sights) => new Reader(sights));
    const vanished = made(look(readers));
    for (const reader of readers)
      watched.push(vanished.watch(reader, () => (reader.vanishedAt ??= reader.looks)));
    await until(() => readers.every(({ isOver }) => isOver));
    return readers.map(({ vanishedAt }) => vanishedAt);
  }

  it('finds who is sent the same again and again, and more, and acknowledges none of it', async () => {
    expect(
      await found([
        [8, 0, 0],
        [16, 8, 1],
        [24, 16, 3],
        [32, 24, 4],
      ]),
    ).toEqual([2]);
  });

  it.each<[string, readonly Look[]]>([
    [
      'takes everything in',
      [
        [8, 0, 0],
        [16, 0, 0],
        [24, 0, 0],
        [32, 0, 0],
      ],
    ],
    [
      'is slow, and acknowledges what it can',
      [
        [80, 60, 1],
        [160, 120, 2],
        [240, 180, 3],
      ],
    ],
    [
      'was away for a moment',
      [
        [8, 8, 1],
        [16, 0, 0],
        [24, 8, 1],
        [32, 0, 0],
      ],
    ],
    [
      'lost something, then something else',
      [
        [8, 8, 2],
        [16, 8, 3],
        [24, 8, 2],
      ],
    ],
    [
      'takes nothing in, and says so when it is asked',
      [
        [99, 90, 0],
        [99, 90, 1],
        [99, 90, 0],
        [99, 90, 1],
      ],
    ],
    [
      'has just been sent something',
      [
        [8, 0, 0],
        [16, 8, 1],
      ],
    ],
    ['is not in the table', [null, [8, 8, 4], null]],
  ])('leaves alone who %s', async (_, sights) => {
    expect(await found(sights)).toEqual([null]);
  });

  it('tells one from another', async () => {
    const [good, gone] = [
      [8, 0, 0] as const,
      [
        [8, 8, 1],
        [8, 8, 2],
        [8, 8, 3],
      ] as const,
    ];
    expect(await found([good, good, good], gone, [good, good, good])).toEqual([null, 1, null]);
  });

  it('says nothing of who is no longer watched', async () => {
    const sights: readonly Look[] = [
      [8, 8, 1],
      [8, 8, 2],
      [8, 8, 3],
    ];
    const [left, other] = [new Reader(sights), new Reader(sights)];
    const vanished = made(look([left, other]));
    const unwatch = vanished.watch(left, () => (left.vanishedAt = left.looks));
    watched.push(vanished.watch(other, () => (other.vanishedAt = other.looks)));
    unwatch();
    await until(() => other.vanishedAt !== null);
    expect([left.looks, left.vanishedAt]).toEqual([0, null]);
  });

  it('looks again after a time with nobody to look for', async () => {
    const readers = [
      new Reader([[8, 0, 0]]),
      new Reader([
        [8, 8, 1],
        [8, 8, 2],
      ]),
    ];
    const [first, second] = readers as [Reader, Reader];
    const vanished = made(look(readers));
    const unwatch = vanished.watch(first, () => undefined);
    await until(() => first.isOver);
    unwatch();
    watched.push(vanished.watch(second, () => (second.vanishedAt = second.looks)));
    await until(() => second.vanishedAt !== null);
  });

  it('says once that it cannot see, and goes on to try', async () => {
    const reader = new Reader([
      [8, 8, 1],
      [8, 8, 2],
    ]);
    let failures = 0;
    const seeing = look([reader]);
    const vanished = made((names) => {
      if (failures >= 3) return seeing(names);
      failures += 1;
      return Promise.reject(new Error('there is no such file'));
    });
    let isFound = false;
    watched.push(vanished.watch(reader, () => (isFound = true)));
    await until(() => isFound);
    expect(blind).toEqual([new Error('there is no such file')]);
  });
});
