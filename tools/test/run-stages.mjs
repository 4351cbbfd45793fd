/**
 * Runs stages one after another, each even if an earlier one failed. A stage is `{ name, run }`, where `run` resolves
 * with `{ passed, failures }`: the number of checks that passed and one line for each that failed; one that rejects
 * counts as one failure. Resolves with the sum.
 */
export async function runStages(stages, print) {
  const startedMs = performance.now();
  const sum = { passed: 0, failures: [] };
  for (const { name, run } of stages) {
    print(`\n── ${name} ${'─'.repeat(Math.max(1, 70 - name.length))} ${minutesSince(startedMs)}`);
    const outcome = await run().catch(({ message }) => ({
      passed: 0,
      failures: [`${name}: ${message}`],
    }));
    sum.passed += outcome.passed;
    sum.failures.push(...outcome.failures);
  }
  print(`\n── end ${'─'.repeat(67)} ${minutesSince(startedMs)}`);
  return sum;
}

/** Prints what failed and, as the very last line, the numbers. Gives the exit code. */
export function conclude({ passed, failures }, print) {
  if (failures.length > 0) print(['Failed:', ...failures].join('\n  '));
  print(`${passed} passed, ${failures.length} failed`);
  return failures.length > 0 ? 1 : 0;
}

function minutesSince(startedMs) {
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
