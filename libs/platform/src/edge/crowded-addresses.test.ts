import { Logger } from '@nestjs/common';
import { Metrics } from '../metrics/metrics.js';
import { CrowdedAddresses } from './crowded-addresses.js';

describe('an address that holds more than half of a cap', () => {
  it('is counted each time it passes half, and warned of once a minute and cap', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const metrics = new Metrics('test');
    let nowMs = 0;
    const crowded = new CrowdedAddresses(metrics, { monotonicMs: () => nowMs });
    const passes = (cap: string, held: number): void =>
      crowded.note({ cap, address: '192.0.2.7', held, max: 10 }, held - 1);
    for (let held = 1; held <= 10; held += 1) passes('SOCKETS_PER_ADDRESS_MAX', held);
    expect(warn.mock.calls).toEqual([
      [
        { cap: 'SOCKETS_PER_ADDRESS_MAX', address: '192.0.2.7', held: 6, max: 10 },
        expect.stringContaining('TRUSTED_PROXIES'),
      ],
    ]);
    passes('SOCKETS_PER_ADDRESS_MAX', 6);
    passes('RATE_LIMIT_PER_ADDRESS', 6);
    expect(warn).toHaveBeenCalledTimes(2);
    nowMs = 60_000;
    passes('SOCKETS_PER_ADDRESS_MAX', 6);
    expect(warn).toHaveBeenCalledTimes(3);
    expect(await metrics.registry.metrics()).toContain(
      'headcount_crowded_addresses_total{cap="SOCKETS_PER_ADDRESS_MAX",app="test"} 3',
    );
    warn.mockRestore();
  });
});
