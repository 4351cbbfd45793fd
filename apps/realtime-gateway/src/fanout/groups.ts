import { execute, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { Clock } from '@headcount/platform';
import { renderingOf } from './rendering.js';
import { everyOf } from './field-sources.js';
import type { FanoutMetrics } from './fanout-metrics.js';
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

/** How what is asked for is rendered, for all groups that differ in their audience alone. */
interface Renderer {
  readonly render: (event: unknown) => string | Promise<string>;
  groups: number;
}

/** All groups, by what their members ask for. */
export class Groups {
  private readonly groups = new Map<string, Group>();
  private readonly renderers = new Map<string, Renderer>();

  constructor(private readonly options: GroupsOptions) {}

  /** The group of a plan, for the audience of its source; made where there is none. Whoever asks joins it at once. */
  groupOf(schema: GraphQLSchema, plan: GroupPlan, source: Source<unknown>): Group {
    const { audience } = source;
    // A plan's key is a list in JSON, so nothing that is added to it makes it another plan's.
    const key = audience === undefined ? plan.key : `${plan.key} ${audience}`;
    const held = this.groups.get(key);
    if (held !== undefined) return held;
    const { pacer, clock, metrics } = this.options;
    const { render } = this.takeRenderer(schema, plan);
    const group = new Group({
      ...{ pacer, clock },
      source,
      everyMs: everyOf(plan.args),
      render: (event) => {
        metrics.renderings.inc();
        return render(event);
      },
      onEmpty: () => {
        this.groups.delete(key);
        this.dropRenderer(plan);
        metrics.groups.set(this.groups.size);
      },
    });
    this.groups.set(key, group);
    metrics.groups.set(this.groups.size);
    return group;
  }

  private takeRenderer(schema: GraphQLSchema, plan: GroupPlan): Renderer {
    const held = this.renderers.get(plan.key) ?? { render: renderer(schema, plan), groups: 0 };
    this.renderers.set(plan.key, held);
    held.groups += 1;
    return held;
  }

  private dropRenderer({ key }: GroupPlan): void {
    const held = this.renderers.get(key);
    if (held === undefined) return;
    held.groups -= 1;
    if (held.groups === 0) this.renderers.delete(key);
  }
}

/** What makes of an event the operation's result, as a `next` message has it. */
function renderer(
  schema: GraphQLSchema,
  plan: GroupPlan,
): (event: unknown) => string | Promise<string> {
  const rendering = renderingOf(schema, plan);
  return (event) => rendering?.(event) ?? executed(schema, plan, event);
}

function executed(
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
