import fc from 'fast-check';
import type { FeedEntry, FeedMessage } from '../feed.js';
import {
  change,
  cut,
  nothingRelayed,
  offer,
  take,
  values,
  type FeedKind,
  type RelayedFeed,
} from '../relayed-feed.js';
import {
  openStream,
  readPart,
  takePart,
  type StreamCursor,
  type StreamPart,
  type StreamProgress,
} from '../whole-stream.js';
import { expectSame } from './laws.js';
import { RecordedWriter, isZero } from './recorded-writer.js';

/** The kind of the maps in these tests: nothing lasts that is not mentioned. */
export const KIND: FeedKind<number> = { isZero, isLasting: () => false };

const KEYS = ['a', 'b', 'c', 'd', 'e'] as const;
/** Node 0 is the writer, the others are relays. */
const NODES = 4;
const STEPS_MAX = 60;

/** What can happen, and how often compared with the rest. */
const MESSAGES = {
  set: 6,
  ask: 6,
  deliver: 8,
  lose: 1,
  cut: 1,
  remember: 1,
  rollBack: 1,
  forget: 1,
};
const STREAMS = { open: 2, read: 8, split: 1 };

type Does = keyof typeof MESSAGES | keyof typeof STREAMS;

/** One thing that happens; `node`, `pick` and `value` mean what it makes of them. */
export interface NetworkStep {
  readonly does: Does;
  readonly node: number;
  readonly pick: number;
  readonly value: number;
}

/** Random steps, with or without streams. */
export function networkSteps(withStreams: boolean): fc.Arbitrary<NetworkStep[]> {
  const weights = Object.entries(withStreams ? { ...MESSAGES, ...STREAMS } : MESSAGES);
  const does = weights.flatMap(([one, weight]) => new Array<Does>(weight).fill(one as Does));
  return fc.array(
    fc
      .tuple(fc.nat(does.length - 1), fc.nat(NODES - 1), fc.nat(1000), fc.nat(2))
      .map(([at, node, pick, value]) => ({ does: does[at] ?? 'set', node, pick, value })),
    // Without a size fast-check stays at about ten, whatever the maximum.
    { maxLength: STEPS_MAX, size: 'max' },
  );
}

type Held = RelayedFeed<number>;

interface Node {
  feed: Held;
  progress: StreamProgress | null;
  /** The latest version of each key that was ever held here. */
  latest: Map<string, number>;
  remembered: { readonly feed: Held; readonly latest: ReadonlyMap<string, number> };
}

type Travelling = { readonly to: number } & (
  { readonly message: FeedMessage<number> } | { readonly part: StreamPart<number> }
);

interface OpenStream {
  readonly from: number;
  readonly to: number;
  cursor: StreamCursor;
}

/**
 * A writer and three relays over a channel that loses, repeats and reorders. Anyone asks anyone; relays forget and
 * return to earlier states; streams of whole state are read while everything goes on. What a node holds is compared
 * with a record of the writer's map that is kept apart from the code under test.
 */
export class RelayNetwork {
  private readonly record = new RecordedWriter();
  private readonly nodes: Node[] = Array.from({ length: NODES }, () => ({
    feed: nothingRelayed<number>(),
    progress: null,
    latest: new Map(),
    remembered: { feed: nothingRelayed<number>(), latest: new Map() },
  }));
  private readonly channel: Travelling[] = [];
  private streams: OpenStream[] = [];
  private shelves = 1;
  private opened = 0;

  /** How often each outcome was seen, so that a test can tell that its cases reach all of them. */
  readonly seen = new Map<string, number>();

  constructor(private readonly withStreams: boolean) {}

  /** Takes the steps, comparing after each, then heals: every relay is exact at the end. */
  run(steps: readonly NetworkStep[]): void {
    for (const step of steps) this.take(step);
    for (let node = 1; node < NODES; node += 1) this.heal(node);
  }

  private take({ does, node, pick, value }: NetworkStep): void {
    const other = (node + 1 + (pick % (NODES - 1))) % NODES;
    switch (does) {
      case 'set':
        return this.set(KEYS[pick % KEYS.length] ?? 'a', value);
      case 'ask':
        return this.ask(node, other);
      case 'deliver':
        return this.deliver(pick, value === 0);
      case 'lose':
        this.channel.splice(pick % Math.max(this.channel.length, 1), 1);
        return;
      case 'cut':
        return this.cut(node, pick);
      case 'remember':
        return this.remember(this.node(node));
      case 'rollBack':
        return this.returnTo(node, this.node(node).remembered);
      case 'forget':
        return this.returnTo(node, { feed: nothingRelayed(), latest: new Map() });
      case 'open':
        return this.open(node, other);
      case 'read':
        return this.read(pick);
      case 'split':
        this.shelves += 1;
        return;
    }
  }

  private node(at: number): Node {
    const found = this.nodes[at];
    if (!found) throw new Error(`there is no node ${at}`);
    return found;
  }

  private set(key: string, value: number): void {
    const writer = this.node(0);
    this.record.set(key, value);
    writer.feed = take(writer.feed, change(writer.feed, key, value), KIND).feed;
    this.compare(0);
  }

  private ask(asker: number, asked: number): void {
    const message = offer(this.node(asked).feed, this.node(asker).feed.version, KIND);
    if (message) this.channel.push({ to: asker, message });
    this.count(message === null ? 'nothing' : message.from === null ? 'whole' : 'interval');
  }

  private deliver(pick: number, again: boolean): void {
    const at = pick % Math.max(this.channel.length, 1);
    const travelling = again ? this.channel[at] : this.channel.splice(at, 1)[0];
    // The writer's own map is never taken from others.
    if (!travelling || travelling.to === 0) return;
    const node = this.node(travelling.to);
    const before = node.feed.version;
    if ('message' in travelling) {
      const { verdict, feed } = take(node.feed, travelling.message, KIND);
      node.feed = feed;
      this.count(verdict);
    } else {
      const { verdict, feed, progress } = takePart(node.feed, node.progress, travelling.part, KIND);
      node.feed = feed;
      node.progress = progress;
      this.count(`part ${verdict}`);
    }
    expectSame(node.feed.version >= before, true);
    this.compare(travelling.to);
  }

  private cut(at: number, pick: number): void {
    const node = this.node(at);
    node.feed = cut(node.feed, pick % (node.feed.version + 1), KIND);
    this.compare(at);
  }

  private remember(node: Node): void {
    node.remembered = { feed: node.feed, latest: new Map(node.latest) };
  }

  /** A relay is back at what it was, and a stream that it was sending or taking has ended (T3). */
  private returnTo(at: number, { feed, latest }: Node['remembered']): void {
    if (at === 0) return;
    const node = this.node(at);
    node.feed = feed;
    node.latest = new Map(latest);
    node.progress = null;
    this.streams = this.streams.filter(({ from }) => from !== at);
  }

  private open(to: number, from: number): void {
    this.opened += 1;
    const cursor = openStream(this.node(from).feed, `stream ${this.opened}`);
    this.streams.push({ from, to, cursor });
  }

  private read(pick: number): void {
    const at = pick % Math.max(this.streams.length, 1);
    const stream = this.streams[at];
    if (!stream) return;
    const shelves = { count: this.shelves, shelfOf: (key: string) => this.shelfOf(key) };
    const read = readPart(this.node(stream.from).feed, stream.cursor, shelves, KIND);
    if (!read) throw new Error('a stream outlived the memory of its sender');
    this.channel.push({ to: stream.to, part: read.part });
    if (read.cursor) stream.cursor = read.cursor;
    else this.streams.splice(at, 1);
  }

  /** Linear hashing, as DESIGN.md §4 has it. */
  private shelfOf(key: string): number {
    const hash = key.charCodeAt(0);
    const power = 2 ** Math.floor(Math.log2(this.shelves));
    const wide = hash % (2 * power);
    return wide < this.shelves ? wide : hash % power;
  }

  private compare(at: number): void {
    const { feed, latest } = this.node(at);
    expectSame(feed.floor <= feed.version, true);
    if (!this.withStreams) expectSame(values(feed, KIND), this.record.mapAt(feed.version));
    for (const key of KEYS) {
      const entry = feed.entries.get(key);
      if (entry) this.compareHeld(feed, entry);
      else this.compareMissing(feed, key, latest.get(key) ?? 0);
      // What was known of a key stays known: it never steps back.
      expectSame(entry === undefined || entry.version >= (latest.get(key) ?? 0), true);
      if (entry) latest.set(key, entry.version);
    }
  }

  /** An entry is one of the writer's, and the writer has not changed the key between it and the feed's version (F1). */
  private compareHeld({ version: upTo }: Held, { key, value, version }: FeedEntry<number>): void {
    expectSame({ key, version, value }, { key, version, value: this.valueAt(key, version) });
    const changes = this.record.changesOf(key);
    expectSame([key, changes.includes(version)], [key, true]);
    expectSame([key, changes.filter((one) => one > version && one <= upTo)], [key, []]);
  }

  /** A key that is not held was zero at the feed's version or later (F1), and its zero is not above the floor (F2). */
  private compareMissing({ version, floor }: Held, key: string, latest: number): void {
    const changes = [0, ...this.record.changesOf(key)];
    const last = Math.max(...changes.filter((one) => one <= version));
    const zeros = changes.filter((one) => one >= last && this.valueAt(key, one) === 0);
    expectSame([key, zeros.length > 0], [key, true]);
    if (zeros[0] === last && last <= version) expectSame([key, last <= floor], [key, true]);
    expectSame([key, zeros.some((one) => one >= latest)], [key, true]);
  }

  private valueAt(key: string, version: number): number {
    return this.record.mapAt(version).get(key) ?? 0;
  }

  /** One exchange without loss with the node before, the writer at the head, as a chain of relays has it. */
  private heal(at: number): void {
    const node = this.node(at);
    const message = offer(this.node(at - 1).feed, node.feed.version, KIND);
    if (message) node.feed = take(node.feed, message, KIND).feed;
    this.compare(at);
    expectSame(values(node.feed, KIND), this.record.mapAt(this.node(0).feed.version));
  }

  private count(outcome: string): void {
    this.seen.set(outcome, (this.seen.get(outcome) ?? 0) + 1);
  }
}
