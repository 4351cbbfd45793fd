/**
 * Goal    after a storm every open subscriber's last value and every REST answer equal the true number of distinct
 *         viewers (issue "the whole chain", 6).
 * Method  two counter-apis and two gateways; 2,000 sockets join, leave, move and vanish at random for 20 seconds, while
 *         both counter-apis are killed and started again. The truth is kept by the test, which knows who is where.
 */
import { seededRandom, startSystem } from '@headcount/testing';
import { Crowd, pause } from './crowd.js';

const STORM_MS = 20_000;
const SEED = 42;

describe('a crowd of 2,000 sockets', () => {
  it('is counted exactly once it has come to rest, though both counter-apis were killed', async () => {
    const system = await startSystem({ counterApis: 2, gateways: 2 });
    const crowd = new Crowd(system, { sockets: 2000, viewers: 1500 }, seededRandom(SEED));
    await crowd.fill();
    const endMs = performance.now() + STORM_MS;
    const kills = (async () => {
      for (const counterApi of system.counterApis) {
        await pause(STORM_MS / 4);
        await counterApi.end('SIGKILL');
        await pause(1000);
        await counterApi.restart();
      }
    })();
    await crowd.rage(() => performance.now() >= endMs);
    await kills;
    process.stdout.write(
      `seed ${SEED}, open at the end ${crowd.size}, ${JSON.stringify(crowd.done)}\n`,
    );
    process.stdout.write(`storm's end to exact: ${Math.round(await crowd.exact())} ms\n`);
    expect(crowd.size).toBeGreaterThan(1000);
    await crowd.close();
    await system.stop();
  }, 180_000);
});
