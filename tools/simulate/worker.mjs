/** Runs seeds that it is sent, each on the same private servers, and tells what became of them. */
import { createRequire } from 'node:module';

const { describeFailure, runSeed, shrink, startServers, stopServers } = createRequire(
  import.meta.url,
)('../../dist/libs/simulation/src/index.js');
const options = { ...JSON.parse(process.argv[2]), redises: [] };
options.redises = await startServers(options.regions);

process.on('message', async (order) => {
  if (order.end) {
    await stopServers(options.redises);
    process.disconnect();
    return;
  }
  const verdict = await runSeed(order.seed, options);
  const { seed, events, virtualMs, carried, trace } = verdict;
  const failure = verdict.failure === null ? null : describeFailure(await shrink(verdict, options));
  process.send({ seed, events, virtualMs, carried, failure, trace: trace.join('\n') });
});
process.send({});
