/**
 * Plans of the documents that come again and again. A text gets one when it comes for the second time, so that whoever
 * sends another each time has none made, and it is held to the same rules as everywhere before it does.
 */
import { getOperationAST, parse, specifiedRules, validate, type GraphQLSchema } from 'graphql';
import {
  admit,
  documentLimits,
  nestingFault,
  operationWeight,
  type GraphqlLimits,
} from '@headcount/platform';
import { planOf, type Plan } from './plan.js';

/** Most documents that are kept, and the longest of them, in characters: 8 MiB in all. */
export const DOCUMENTS_MAX = 1000;
export const DOCUMENT_LENGTH_MAX = 4096;

/** Longest name of an operation that gets a plan, in characters. */
export const OPERATION_NAME_LENGTH_MAX = 256;

/** A document, and which of its operations is asked for. */
export interface Asked {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A plan, and what the operation weighs with the variables that came. */
export interface Planned {
  readonly plan: Plan;
  readonly weight: number;
}

export class Plans {
  /** By `keyOf`; null: there is no plan for it. */
  private readonly plans = new Map<string, Plan | null>();
  private readonly once = new Set<string>();
  private readonly rules;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limits: GraphqlLimits,
  ) {
    const { GRAPHQL_DEPTH_MAX: depthMax, GRAPHQL_ALIASES_MAX: aliasesMax } = limits;
    this.rules = [...specifiedRules, documentLimits({ depthMax, aliasesMax })];
  }

  /** The plan for what is asked, if it may be answered; null: ask the executor, which knows and tells what is wrong. */
  of(asked: Asked): Planned | null {
    const { query, operationName, variables } = asked;
    const key = keyOf(asked);
    if (key === null) return null;
    let plan = this.plans.get(key);
    if (plan === undefined) {
      if (this.isFirst(key)) return null;
      plan = this.made(query, operationName);
      if (this.plans.size >= DOCUMENTS_MAX) this.dropOldest();
      this.plans.set(key, plan);
    }
    return plan && this.admitted(plan, variables);
  }

  private isFirst(key: string): boolean {
    if (this.once.delete(key)) return false;
    if (this.once.size >= DOCUMENTS_MAX) this.once.clear();
    this.once.add(key);
    return true;
  }

  private made(query: string, operationName: string | undefined): Plan | null {
    // The executor reports what is no document, or nests too deeply.
    if (nestingFault(query) !== null) return null;
    try {
      const document = parse(query, { maxTokens: this.limits.GRAPHQL_TOKENS_MAX });
      const operation = getOperationAST(document, operationName);
      if (!operation || validate(this.schema, document, this.rules).length > 0) return null;
      return planOf(this.schema, document, operation);
    } catch {
      return null;
    }
  }

  /** Of the operation that the plan answers, whatever name it was found by. */
  private admitted(plan: Plan, variables: Asked['variables']): Planned | null {
    const { schema, limits } = this;
    const { document, operation } = plan;
    const admitted = admit(schema, document, operation.name?.value, variables, limits);
    return admitted.ok ? { plan, weight: operationWeight(operation, admitted.value.cost) } : null;
  }

  private dropOldest(): void {
    for (const key of this.plans.keys()) {
      this.plans.delete(key);
      return;
    }
  }
}

/** The same for the same operation of the same document, and for nothing else; null: too long to keep. */
function keyOf({ query, operationName }: Asked): string | null {
  if (query.length > DOCUMENT_LENGTH_MAX) return null;
  if (operationName !== undefined && operationName.length > OPERATION_NAME_LENGTH_MAX) return null;
  // Not joined by a sign: a name may hold any text, also that sign and the beginning of a document.
  return JSON.stringify([operationName, query]);
}
