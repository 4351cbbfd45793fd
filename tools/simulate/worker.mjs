/** Runs seeds that it is sent, each on the same private servers, and tells what became of them. */
import { createRequire } from 'node:module';

const { RealRedis, describeFailure, runSeed, shrink } = createRequire(import.meta.url)(
  '../../dist/libs/simulation/src/index.js',
);
const REGIONS_MAX = 3;
const redises = await Promise.all(Array.from({ length: REGIONS_MAX }, () => RealRedis.start()));

process.on('message', async (order) => {
  if (order.end) {
    await Promise.all(redises.map((redis) => redis.stop()));
    process.disconnect();
    return;
  }
  const options = { ...order.options, redises };
  const verdict = await runSeed(order.seed, options);
  const { seed, events, virtualMs, trace } = verdict;
  const failure = verdict.failure === null ? null : describeFailure(await shrink(verdict, options));
  process.send({ seed, events, virtualMs, failure, trace: trace.join('\n') });
});
process.send({});
