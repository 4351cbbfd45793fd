import { execute, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { Clock } from '@headcount/platform';
import { everyOf } from './field-sources.js';
import type { FanoutMetrics } from './fanout-metrics.js';
import { Flusher } from './flusher.js';
import { Group } from './group.js';
import type { Pacer } from './pacer.js';
import { shownResult } from './shown-result.js';
import type { Source } from './source.js';
import type { GroupPlan } from './group-plan.js';

export interface GroupsOptions {
  readonly pacer: Pacer;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly metrics: Pick<FanoutMetrics, 'groups' | 'renderings'>;
}

/** All groups, by what their members ask for. */
export class Groups {
  private readonly groups = new Map<string, Group>();
  private readonly flusher = new Flusher();

  constructor(private readonly options: GroupsOptions) {}

  /** The group of a plan; made where there is none. Whoever asks joins it at once. */
  groupOf(schema: GraphQLSchema, plan: GroupPlan, source: Source<unknown>): Group {
    const held = this.groups.get(plan.key);
    if (held !== undefined) return held;
    const { pacer, clock, metrics } = this.options;
    const group = new Group({
      ...{ pacer, clock, flusher: this.flusher },
      source,
      everyMs: everyOf(plan.args),
      render: (event) => {
        metrics.renderings.inc();
        return rendered(schema, plan, event);
      },
      onEmpty: () => {
        this.groups.delete(plan.key);
        metrics.groups.set(this.groups.size);
      },
    });
    this.groups.set(plan.key, group);
    metrics.groups.set(this.groups.size);
    return group;
  }
}

/** The operation executed on an event, as a `next` message has it. */
function rendered(
  schema: GraphQLSchema,
  { document, operationName, variables }: GroupPlan,
  event: unknown,
): string | Promise<string> {
  const result = execute({
    ...{ schema, document, operationName, rootValue: event },
    variableValues: variables,
  });
  const textOf = (shown: ExecutionResult): string => JSON.stringify(shownResult(shown));
  return result instanceof Promise ? result.then(textOf) : textOf(result);
}
