/**
 * Goal    counts are exact at rest whatever has happened before, several things at once included.
 * Method  a crowd on two counter-apis and two gateways, datagrams lost, repeated and held back, while a seeded hand kills,
 *         freezes and stops apps, kills Redis and flushes it. Here in short; `npm run soak` runs it longer and with
 *         other seeds. What the hand does hangs on the machine's pace too, so a seed is a hint, not a replay.
 */
import { seededRandom, startSystem, type Random, type System } from '@headcount/testing';
import { Crowd, pause } from './crowd.js';

const SEED = Number(process.env.HEADCOUNT_STORM_SEED ?? 1);
const STORM_MS = 1000 * Number(process.env.HEADCOUNT_STORM_SECONDS ?? 15);
/** Time for what the hand began last, and for coming to rest. */
const GRACE_MS = 90_000;
/** One strike may take all of a short storm (a frozen app, a slow restart), so a storm also lasts until there were so many. */
const STRIKES_MIN = 3;

/** Does one bad thing and mends it; resolves with its name. */
async function strike(system: System, random: Random): Promise<string> {
  const victims = [...system.counterApis, ...system.gateways];
  const victim = victims[Math.floor(random() * victims.length)];
  const name = `${victim?.name}:${victim?.port}`;
  const chance = random();
  if (chance < 0.4) {
    await victim?.end('SIGKILL');
    await pause(random() * 1500);
    await victim?.restart();
    return `kill ${name}`;
  }
  if (chance < 0.55) {
    await victim?.end('SIGTERM');
    await victim?.restart();
    return `stop ${name}`;
  }
  if (chance < 0.7) {
    victim?.signal('SIGSTOP');
    await pause(random() * 11_000);
    victim?.signal('SIGCONT');
    return `freeze ${name}`;
  }
  if (chance < 0.85) {
    await system.redis.kill9();
    await pause(random() * 2000);
    await system.redis.restart();
    return 'kill Redis';
  }
  await system.redis.flush();
  return 'flush Redis';
}

describe('a storm of everything at once', () => {
  it(
    'leaves every count exact',
    async () => {
      const random = seededRandom(SEED);
      const system = await startSystem({ counterApis: 2, gateways: 2, udpSeed: SEED });
      for (const proxy of system.udp) {
        proxy.faults = { lossRatio: 0.3, duplicateRatio: 0.5, delayRatio: 0.3, delayMsMax: 300 };
      }
      const crowd = new Crowd(system, { sockets: 600, viewers: 450 }, seededRandom(SEED + 1));
      await crowd.fill();
      const strikes: string[] = [];
      const endMs = performance.now() + STORM_MS;
      const isOver = () => performance.now() >= endMs && strikes.length >= STRIKES_MIN;
      let hasFailed = false;
      const hand = (async () => {
        while (!isOver()) {
          await pause(500 + random() * 2000);
          strikes.push(await strike(system, random));
        }
      })().catch((error: unknown) => {
        // There will be no more strikes: the crowd would wait for them for ever.
        hasFailed = true;
        throw error;
      });
      await Promise.all([hand, crowd.rage(() => isOver() || hasFailed)]);
      const happened = JSON.stringify(crowd.done);
      process.stdout.write(
        `seed ${SEED}: ${strikes.join(', ')}; open ${crowd.size}, ${happened}\n`,
      );
      process.stdout.write(`storm's end to exact: ${Math.round(await crowd.exact())} ms\n`);
      expect(strikes.length).toBeGreaterThan(2);
      await crowd.close();
      await system.stop();
    },
    STORM_MS + GRACE_MS,
  );
});
