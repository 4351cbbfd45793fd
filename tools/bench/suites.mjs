import { Fault } from '../setup/fault.mjs';
import { getSuite, incrementSuite } from './http/http-suite.mjs';
import { memoryCountersSuite } from './counters/memory-counters-suite.mjs';
import { scaleSuite } from './counters/scale-suite.mjs';
import { graphqlSuite } from './graphql/graphql-suite.mjs';
import { latencySuite } from './latency/latency-suite.mjs';
import { connectSuite } from './fanout/connect-suite.mjs';
import { fanoutSuite } from './fanout/fanout-suite.mjs';
import { memorySuite } from './fanout/memory-suite.mjs';
import { regionsSuite } from './regions/regions-suite.mjs';
import { unreadSuite } from './unread/unread-suite.mjs';
import { pinToLoadCore } from './cores.mjs';

/**
 * All suites. A suite is `{ name, cases, run }`: `run(cases, { quick, say })` measures those of its cases and resolves
 * with their rows (rows.mjs).
 */
const SUITES = [
  getSuite,
  incrementSuite,
  latencySuite,
  fanoutSuite,
  connectSuite,
  memorySuite,
  regionsSuite,
  unreadSuite,
  graphqlSuite,
  memoryCountersSuite,
  scaleSuite,
];

/**
 * Which cases of which suites to run for these beginnings of names, as `{ suite, cases, wanted }`, where `wanted` tells
 * whether a row was asked for. Throws a Fault for a name that is none.
 */
export function select(names) {
  const known = SUITES.flatMap(({ name, cases }) => cases.map((each) => `${name}.${each}`));
  // Of a case all rows are measured together, so a longer name asks for its case too.
  const asks = (name, caseName) => caseName.startsWith(name) || name.startsWith(`${caseName}.`);
  const stranger = names.find((name) => !known.some((caseName) => asks(name, caseName)));
  if (stranger !== undefined) {
    throw new Fault(`There is no benchmark "${stranger}"; there are ${known.join(', ')}.`);
  }
  const wanted = (row) => names.length === 0 || names.some((name) => row.name.startsWith(name));
  return SUITES.map((suite) => ({
    suite,
    wanted,
    cases: suite.cases.filter(
      (each) => names.length === 0 || names.some((name) => asks(name, `${suite.name}.${each}`)),
    ),
  })).filter(({ cases }) => cases.length > 0);
}

/** Runs what `select` gave and resolves with the rows that were asked for. */
export async function runSuites(selected, options) {
  // This process measures too, and forks what makes the load.
  if (!pinToLoadCore(process.pid)) {
    options.say('Without taskset and two cores the processes share whatever cores there are.');
  }
  const rows = [];
  for (const { suite, cases, wanted } of selected) {
    const measured = await suite.run(cases, options);
    rows.push(...measured.filter(wanted));
  }
  return rows;
}
