import { execute, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { renderingOf, type Rendering } from './rendering.js';
import { everyOf } from './field-sources.js';
import type { FanoutMetrics } from './fanout-metrics.js';
import { Group, type GroupRules } from './group.js';
import { shownResult } from './shown-result.js';
import type { Source } from './source.js';
import type { GroupPlan } from './group-plan.js';

export interface GroupsOptions extends GroupRules {
  readonly metrics: GroupRules['metrics'] & Pick<FanoutMetrics, 'groups'>;
}

/** How what is asked for is rendered, for all groups that make the same of an event; null: only `execute` can tell. */
interface Renderer {
  readonly rendering: Rendering | null;
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
    const { metrics } = this.options;
    const { rendering } = this.takeRenderer(schema, plan);
    const group = new Group({
      rules: this.options,
      source,
      everyMs: everyOf(plan.args),
      render: (event) => rendering?.(event, plan.args) ?? executed(schema, plan, event),
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
    const { shape } = plan;
    const held = this.renderers.get(shape) ?? { rendering: renderingOf(schema, plan), groups: 0 };
    this.renderers.set(shape, held);
    held.groups += 1;
    return held;
  }

  private dropRenderer({ shape }: GroupPlan): void {
    const held = this.renderers.get(shape);
    if (held === undefined) return;
    held.groups -= 1;
    if (held.groups === 0) this.renderers.delete(shape);
  }
}

/** What an executor makes of an event, as a `next` message has it. */
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
