/**
 * When a write counts as written (DESIGN.md §5): a peer is never told, and a client never answered, of what this
 * region's Redis may still forget.
 *
 * D1  `disk`: Redis answers after its fsync (appendfsync always), readers included, so every answer is durable.
 * D2  `replicas`: what was read or written before a mark is on N replicas once they have the mark, if the Redis that it was
 *     written to still answers: a replica may be promoted on an open connection, and would confirm what it never had.
 * D3  `memory`: nothing is waited for.
 */
import type { Redis } from 'ioredis';

/** What an operator has chosen. */
export type DurabilityChoice =
  { readonly kind: 'disk' | 'memory' } | { readonly kind: 'replicas'; readonly replicas: number };

const CHOICE = /^(?:disk|memory|replicas:([1-9]\d?))$/;

/** A choice as it is written: `disk`, `memory` or `replicas:N` with N from 1 to 99; null: it is none. */
export function parseDurability(text: string): DurabilityChoice | null {
  const found = CHOICE.exec(text);
  if (found === null) return null;
  const [, replicas] = found;
  if (replicas !== undefined) return { kind: 'replicas', replicas: Number(replicas) };
  return { kind: text === 'memory' ? 'memory' : 'disk' };
}

/** The inverse of parseDurability. */
export function durabilityText(choice: DurabilityChoice): string {
  return choice.kind === 'replicas' ? `replicas:${choice.replicas}` : choice.kind;
}

/** Port. */
export interface Durability {
  /**
   * Resolves when all that the Redis of this replication id answered before is durable as chosen; rejects where that
   * takes too long, and where another Redis answers by now.
   */
  reached(replid: string): Promise<void>;
}

/** `disk` and `memory`: every answer is as durable as it will be. */
export const AT_ONCE: Durability = { reached: () => Promise.resolve() };

/** Written to have an offset to wait for. */
const MARK = 'hc:mark';

/** `replicas`: all callers that come while one mark is under way share the next one. */
export class ReplicaDurability implements Durability {
  private flying: Promise<string> | null = null;
  private next: Promise<string> | null = null;

  /** `redis` is a connection of its own, as WAIT holds up whatever follows on it. */
  constructor(
    private readonly redis: Redis,
    private readonly replicas: number,
    private readonly timeoutMs: number,
  ) {}

  async reached(replid: string): Promise<void> {
    const marked = await this.marked();
    if (marked !== replid)
      throw new Error('another Redis has taken the place of the one written to');
  }

  private marked(): Promise<string> {
    if (this.flying) return (this.next ??= this.flying.then(this.mark, this.mark));
    return this.mark();
  }

  private readonly mark = (): Promise<string> => {
    this.next = null;
    const flight = this.wait().finally(() => {
      if (this.flying === flight) this.flying = null;
    });
    this.flying = flight;
    return flight;
  };

  private async wait(): Promise<string> {
    // In this order on one connection: WAIT covers what its own connection has written, and nothing else.
    const [, reached, info] = await Promise.all([
      this.redis.incr(MARK),
      this.redis.wait(this.replicas, this.timeoutMs),
      this.redis.info('replication'),
    ]);
    if (reached < this.replicas) {
      throw new Error(`${reached} of ${this.replicas} replicas have it after ${this.timeoutMs} ms`);
    }
    return /^master_replid:(\w+)/m.exec(info)?.[1] ?? '';
  }
}
