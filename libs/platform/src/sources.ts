import { randomBytes, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { instanceIdOf, type InstanceId } from '@headcount/protocol';

/** Time, as an argument, so that tests can set it. */
export interface Clock {
  /** Milliseconds since 1970, to be shown and stored; it may jump. */
  nowMs(): number;
  /**
   * Milliseconds that never go back, from an arbitrary start: for intervals within this process.
   */
  monotonicMs(): number;
}

/** A random number from 0 up to, but not, 1. For spreading things out, never for secrets. */
export type Random = () => number;

/** Ids that nobody else gives out. */
export interface Ids {
  /** For one process. */
  instanceId(): InstanceId;
  /** For one occurrence of something, as an RFC 9562 UUID. */
  uuid(): string;
  /** That many random hex digits in lower case. */
  hex(digits: number): string;
}

export const CLOCK = Symbol('CLOCK');
export const RANDOM = Symbol('RANDOM');
export const IDS = Symbol('IDS');

/** The clocks of the machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** The generator of the engine. */
export const systemRandom: Random = () => Math.random();

/** Ids from the generator of the operating system. */
export const systemIds: Ids = {
  instanceId: () => instanceIdOf(randomBytes(16)),
  uuid: () => randomUUID(),
  hex: pooledHex(),
};

/** Hex digits drawn at once: asking the operating system costs as much for one as for thousands, some microseconds. */
const POOL_DIGITS = 8192;

/** Gives each digit that was drawn once. */
function pooledHex(): Ids['hex'] {
  let pool = '';
  let given = 0;
  return (digits) => {
    if (pool.length - given < digits) {
      pool = randomBytes(Math.ceil(Math.max(POOL_DIGITS, digits) / 2)).toString('hex');
      given = 0;
    }
    given += digits;
    return pool.slice(given - digits, given);
  };
}
