import { endToEnd } from './end-to-end.mjs';

/** A rolling restart in its whole form. Gives whether nobody was lost, and the pace and the grace were kept. */
export function rolling({ clients, 'drain-ms': drainMs = '5000', 'all-in-one': allInOne }) {
  console.log(`Two gateways with ${clients} clients are restarted one after the other …`);
  const env = {
    HEADCOUNT_ROLLING_CLIENTS: clients,
    HEADCOUNT_ROLLING_DRAIN_MS: drainMs,
    HEADCOUNT_ROLLING_JUDGES: 'yes',
  };
  return endToEnd('rolling-restart', env, allInOne);
}
