/** Which regions replicate with this one: the setting PEERS. */
import { z } from 'zod';
import { REGIONS_MAX, regionField } from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';

/** Region -> the address of its counter-api, or of a balancer before several. */
export type Peers = ReadonlyMap<string, string>;

const address = z.url({ protocol: /^https?$/ });

/** The list as an operator writes it. */
export const peers = z.string().transform((raw, context): Peers => {
  const entries = raw.split(',').map((entry) => entry.trim().split('=', 2));
  const valid = entries.every(
    ([name, url]) => regionField.safeParse(name).success && address.safeParse(url).success,
  );
  const found = new Map(entries.map(([name = '', url = '']) => [name, url] as const));
  if (!valid || found.size !== entries.length || found.size >= REGIONS_MAX) {
    context.addIssue({ code: 'custom', message: 'not a list of regions' });
  }
  return found;
});

/** A region that named itself as its peer would count itself twice. */
export function noPeerOfItself({ PEERS, REGION }: Partial<CounterApiConfig>): string | null {
  if (!PEERS || REGION === undefined || !PEERS.has(REGION)) return null;
  return `PEERS must not name this region itself (REGION is "${REGION}"); leave it out, or give this region a name of its own.`;
}
