/** Which regions replicate with this one. */
import { z } from 'zod';
import { REGIONS_MAX, regionField } from '@headcount/protocol';
import { optionalSetting } from './setting.js';

/** Region -> the address of its counter-api, or of a balancer before several. */
export type Peers = ReadonlyMap<string, string>;

const address = z.url({ protocol: /^https?$/ });

/** The list as an operator writes it. */
const peers = z.string().transform((raw, context): Peers => {
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

/** What an app that changes counters has to know of other regions. */
export const regionSettings = {
  PEERS: optionalSetting(
    {
      description:
        'Regions to replicate with, as `name=address` of the internal port of a counter-api or a balancer before several, separated by commas.',
      must: 'pairs name=http://host:port separated by commas, without this region itself',
      example: 'us-east=http://counter-api.us-east.internal:4100',
    },
    peers,
  ),
};
