/** Makes a failure smaller: which faults of its plan can be left out, with something still going wrong. */
import { describeFault } from './plan/fault.js';
import { runSeed, type SeedOptions, type Verdict } from './run-seed.js';

/** A failing seed with as few faults as were needed. */
export interface Shrunken {
  readonly verdict: Verdict;
  /** Places of the faults that are left. */
  readonly faults: readonly number[];
}

/** Leaves out one fault after the other for as long as the seed still fails. Cost: a run a fault, twice at most. */
export async function shrink(verdict: Verdict, options: SeedOptions): Promise<Shrunken> {
  const without = new Set<number>();
  let smallest = verdict;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const at of verdict.plan.faults.keys()) {
      if (without.has(at)) continue;
      const tried = await runSeed(verdict.seed, {
        ...options,
        trace: false,
        without: new Set([...without, at]),
      });
      if (tried.failure === null) continue;
      without.add(at);
      [smallest, isSmaller] = [tried, true];
    }
  }
  const faults = [...verdict.plan.faults.keys()].filter((at) => !without.has(at));
  return { verdict: smallest, faults };
}

/** Wrong things shown at most. */
const WRONG_MAX = 5;

/** What a person needs to look into a failure: the seed, what was seen first, and what brought it about. */
export function describeFailure({ verdict, faults }: Shrunken): string {
  const { seed, plan, failure } = verdict;
  const { regions, counterApis, gateways, buckets, durability, hasty, cached } = plan.topology;
  const all = plan.faults.length;
  return [
    `seed ${seed} FAILS at ${failure?.atMs ?? 0} ms`,
    ...(failure?.wrong.slice(0, WRONG_MAX) ?? []).map((sentence) => `  ${sentence}`),
    `  regions ${regions.join(' ')}; each ${counterApis} counter-apis, ${gateways} gateways; ` +
      `${buckets} buckets, ${plan.pages} pages, ${plan.viewers} viewers, durability ${durability}${hasty ? ', swept hastily' : ''}${cached ? ', with caches' : ''}`,
    `  needs ${faults.length} of ${all} faults:`,
    ...faults.flatMap((at) => {
      const fault = plan.faults[at];
      return fault === undefined ? [] : [`  ${describeFault(fault)}`];
    }),
  ].join('\n');
}
