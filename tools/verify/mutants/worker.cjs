/** Runs seeds of the code in a folder until one fails: `worker.cjs FOLDER SEEDS FIRST`. Prints the verdict as JSON. */
const { join } = require('node:path');

const [folder, seeds, first] = process.argv.slice(2);
const { runSeed, startServers, stopServers } = require(
  join(folder, 'dist/libs/simulation/src/index.js'),
);

async function firstFailure() {
  const redises = await startServers(null);
  try {
    for (let seed = Number(first); seed < Number(first) + Number(seeds); seed += 1) {
      const { failure } = await runSeed(seed, { redises, regions: null, trace: false });
      if (failure) return { seed, wrong: failure.wrong[0] ?? '' };
    }
    return null;
  } catch (error) {
    // What breaks the program itself is found as well.
    return { seed: 0, wrong: String(error) };
  } finally {
    await stopServers(redises);
  }
}

firstFailure().then((verdict) => {
  process.stdout.write(JSON.stringify(verdict));
});
