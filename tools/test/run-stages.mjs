/**
 * Runs stages one after another, each even if an earlier one failed. A stage is `{ name, run }`, where `run` resolves
 * with `{ passed, failures }`: the number of checks that passed and one line for each that failed; one that rejects
 * counts as one failure. Resolves with these outcomes, in the same order.
 */
export async function runStages(stages, print) {
  const startedMs = performance.now();
  const outcomes = [];
  for (const stage of stages) {
    printHeading(stage.name, startedMs, print);
    outcomes.push(await outcomeOf(stage));
  }
  printHeading('end', startedMs, print);
  return outcomes;
}

/** One stage of several that do not disturb each other: all run at once, and each counts for itself. */
export function together(...stages) {
  const run = async () => {
    const outcomes = await Promise.all(stages.map(outcomeOf));
    return {
      passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
      failures: outcomes.flatMap(({ failures }) => failures),
    };
  };
  return { name: stages.map(({ name }) => name).join(', '), run };
}

function outcomeOf({ name, run }) {
  return run().catch(({ message }) => failed(`${name}: ${message}`));
}

/** The outcome of what failed as a whole. */
export function failed(reason) {
  return { passed: 0, failures: [reason] };
}

/** Prints what failed and, as the very last line, the numbers. Gives the exit code. */
export function conclude(outcomes, print) {
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  if (failures.length > 0) print(['Failed:', ...failures].join('\n  '));
  print(`${passed} passed, ${failures.length} failed`);
  return failures.length > 0 ? 1 : 0;
}

function printHeading(name, startedMs, print) {
  print(`\n── ${name} ${'─'.repeat(Math.max(1, 70 - name.length))} ${minutesSince(startedMs)}`);
}

function minutesSince(startedMs) {
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
