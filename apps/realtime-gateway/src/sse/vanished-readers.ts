import { setTimeout as sleep } from 'node:timers/promises';
import { kernelName, type Ends, type Unanswered } from './kernel-connections.js';

/** A connection whose other side reads, and never writes. */
export interface ReaderConnection extends Ends {
  /** Bytes that have been written, those that still wait in this process included. */
  readonly bytesWritten: number;
  /** Bytes that wait in this process. */
  readonly writableLength: number;
}

export interface VanishedReadersOptions {
  /** Pause between two looks, in milliseconds; who is silent in two that follow each other has vanished. */
  readonly everyMs: number;
  readonly unansweredOn: (names: ReadonlySet<string>) => Promise<ReadonlyMap<string, Unanswered>>;
  readonly clock: { readonly monotonicMs: () => number };
  /** Told the first time that nothing can be found out, with the reason. */
  readonly blind: (cause: unknown) => void;
}

interface Watched {
  readonly connection: ReaderConnection;
  readonly vanished: () => void;
  sight: Sight | null;
}

/** A connection as it was at one look. Something may have been written to it while the kernel was asked. */
interface Sight {
  /** Bytes that the other side has acknowledged, at least and at most. */
  readonly acknowledgedMin: number;
  readonly acknowledgedMax: number;
  /** How often it was tried in vain since the last acknowledgement. */
  readonly tries: number;
}

/** Shortest pause after a look, as a multiple of the time that it took: no more of a core than that may go into it. */
const REST = 5;

/**
 * Finds readers that have gone without closing their connection. They answer nothing, as readers do, so only the kernel knows:
 * what it sends them is no longer acknowledged. Whoever is watched must be sent something every now and then.
 */
export class VanishedReaders {
  private readonly watched = new Set<Watched>();
  private isLooking = false;
  private isBlind = false;

  constructor(private readonly options: VanishedReadersOptions) {}

  /** Calls `vanished` once the other side of the connection has; the result calls it off. */
  watch(connection: ReaderConnection, vanished: () => void): () => void {
    const one = { connection, vanished, sight: null };
    this.watched.add(one);
    if (!this.isLooking) void this.lookOn();
    return () => this.watched.delete(one);
  }

  /** Looks as long as there is somebody to be watched. Never rejects. */
  private async lookOn(): Promise<void> {
    const { everyMs, clock } = this.options;
    this.isLooking = true;
    let tookMs = 0;
    while (this.watched.size > 0) {
      await sleep(Math.max(everyMs, REST * tookMs), undefined, { ref: false });
      const beganMs = clock.monotonicMs();
      await this.look().catch((cause: unknown) => this.failed(cause));
      tookMs = clock.monotonicMs() - beganMs;
    }
    this.isLooking = false;
  }

  private failed(cause: unknown): void {
    if (!this.isBlind) this.options.blind(cause);
    this.isBlind = true;
  }

  private async look(): Promise<void> {
    const asked = new Map<string, { readonly one: Watched; readonly sentBefore: number }>();
    for (const one of this.watched) {
      const name = kernelName(one.connection);
      if (name !== null) asked.set(name, { one, sentBefore: sentOn(one.connection) });
    }
    if (asked.size === 0) return;
    const unanswered = await this.options.unansweredOn(new Set(asked.keys()));
    for (const [name, { one, sentBefore }] of asked) {
      const { bytes, tries } = unanswered.get(name) ?? { bytes: 0, tries: 0 };
      const acknowledgedMax = sentOn(one.connection) - bytes;
      const sight = { acknowledgedMin: sentBefore - bytes, acknowledgedMax, tries };
      if (this.watched.has(one) && isSilent(one.sight, sight)) one.vanished();
      one.sight = sight;
    }
  }
}

/** Bytes that have been handed to the kernel. */
function sentOn({ bytesWritten, writableLength }: ReaderConnection): number {
  return bytesWritten - writableLength;
}

/** Whether nothing was acknowledged between two looks, though it was tried in vain before both. */
function isSilent(before: Sight | null, now: Sight): boolean {
  // An acknowledgement sets the tries back to nothing.
  if (before === null || before.tries === 0 || now.tries < before.tries) return false;
  return now.acknowledgedMin <= before.acknowledgedMax;
}
