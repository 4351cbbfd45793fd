/**
 * The network between hosts: it delays, loses, repeats and reorders datagrams, delays and breaks requests, and it
 * can be cut in one direction or both between any two hosts.
 */
import type { Random } from '@headcount/testing';
import type { World } from './world.js';

/** What the network does to single messages. */
export interface Noise {
  /** Part of all datagrams that is lost; connections break as often as a hundredth of that. */
  readonly loss: number;
  /** Part of all datagrams that comes twice. */
  readonly duplication: number;
  /** Most that noise adds to the delay of one message, in milliseconds. */
  readonly delayMs: number;
}

export const QUIET: Noise = { loss: 0, duplication: 0, delayMs: 0 };

/** Between hosts of one region, and of two. */
const NEAR_MS = 1;
const FAR_MS = 20;

export class Network {
  noise: Noise = QUIET;
  private readonly cuts = new Map<string, number>();
  private readonly listeners = new Set<() => void>();
  private readonly random: Random;

  constructor(private readonly world: World) {
    this.random = world.stream('network');
  }

  /** Whether nothing gets from `from` to `to`. */
  isCut(from: string, to: string): boolean {
    return this.cuts.size > 0 && this.cuts.has(`${from}>${to}`);
  }

  /** Cuts these ways; the result heals them. Cuts add up. */
  cut(ways: readonly (readonly [from: string, to: string])[]): () => void {
    for (const [from, to] of ways) {
      const way = `${from}>${to}`;
      this.cuts.set(way, (this.cuts.get(way) ?? 0) + 1);
    }
    this.tell();
    return () => {
      for (const [from, to] of ways) {
        const way = `${from}>${to}`;
        const left = (this.cuts.get(way) ?? 1) - 1;
        if (left === 0) this.cuts.delete(way);
        else this.cuts.set(way, left);
      }
      this.tell();
    };
  }

  /** Told of each cut and each healing; the result ends that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** How long a message takes now, in milliseconds. */
  delayMs(from: string, to: string): number {
    const base = regionOf(from) === regionOf(to) ? NEAR_MS : FAR_MS;
    return base + Math.floor(this.random() * (base + this.noise.delayMs));
  }

  /** Whether something befalls a message that does so in this part of all cases. */
  draw(part: number): boolean {
    return part > 0 && this.random() < part;
  }

  /** Sends a datagram: it comes once, twice or not at all, and in any order; `arrive` finds out at whom. */
  datagram(from: string, to: string, arrive: () => void): void {
    const { loss, duplication } = this.noise;
    for (let copies = this.draw(duplication) ? 2 : 1; copies > 0; copies -= 1) {
      if (this.draw(loss)) continue;
      this.world.after(this.delayMs(from, to), null, `datagram ${from} > ${to}`, () => {
        if (!this.isCut(from, to)) arrive();
      });
    }
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** The region of a host: hosts are named `region/part`. */
export function regionOf(host: string): string {
  return host.slice(0, host.indexOf('/'));
}
