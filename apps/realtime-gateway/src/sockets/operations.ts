/** What becomes of an operation of a socket: it joins a group of those that are shown the same, or runs for itself. */
import {
  OperationTypeNode,
  execute,
  getOperationAST,
  subscribe,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { groupPlan, type PreparedDocument } from '../fanout/group-plan.js';
import type { Groups } from '../fanout/groups.js';
import type { FieldSources } from '../fanout/field-sources.js';
import { shownResult } from '../fanout/shown-result.js';
import type { Visitor } from '../presence/visitor.js';
import type { ViewerQuotas } from '../quotas/viewer-quotas.js';
import type { SocketContext } from '../subscriptions/counter.resolver.js';
import { graphqlErrorOf, type Connection, type Running } from './connection.js';
import type { Documents } from './documents.js';

/** What a document costs that has to be read first, beside its operation: most sockets send what others have sent. */
const NEW_DOCUMENT_COST = 100;

export interface OperationsOptions {
  readonly schema: () => GraphQLSchema;
  readonly documents: Documents;
  readonly groups: Groups;
  readonly sources: FieldSources;
  readonly quotas: ViewerQuotas;
}

export class Operations {
  constructor(private readonly options: OperationsOptions) {}

  /** Begins an operation; null: it is over already. */
  begin(
    connection: Connection,
    visitor: Visitor,
    id: string,
    { query, variables, operationName }: SubscribePayload,
  ): Running | null {
    const schema = this.options.schema();
    const asked = { operationName, variables };
    if (!this.options.documents.knows(query) && !connection.spend(NEW_DOCUMENT_COST)) return null;
    const admitted = this.options.documents.admit(schema, { query, ...asked });
    if (!admitted.ok) return failed(connection, id, admitted.error);
    const { prepared, cost } = admitted.value;
    if (!connection.spend(cost)) return null;
    try {
      const joined = this.join(schema, prepared, asked, { connection, visitor, id });
      if (joined !== undefined) return joined;
    } catch (cause) {
      return failed(connection, id, [graphqlErrorOf(cause)]);
    }
    const contextValue: SocketContext = { visitor };
    const args = {
      ...{ schema, document: prepared.document, contextValue },
      ...{ variableValues: variables ?? null, operationName: operationName ?? null },
    };
    const alone = new Alone(connection, id);
    void alone.run(args);
    return alone;
  }

  /** Undefined: it is not one for a group. */
  private join(
    schema: GraphQLSchema,
    prepared: PreparedDocument,
    asked: Pick<SubscribePayload, 'operationName' | 'variables'>,
    { connection, visitor, id }: Asking,
  ): Running | null | undefined {
    const plan = groupPlan(schema, prepared, asked);
    if (plan === null) return undefined;
    if (!plan.ok) return failed(connection, id, plan.error);
    const { field, args } = plan.value;
    const source = this.options.sources.sourceOf(field, args, visitor);
    if (source === null) return undefined;
    const { groups, quotas } = this.options;
    const { holder } = visitor;
    quotas.hold(holder, source.holding);
    try {
      return groups.groupOf(schema, plan.value, source).join(id, connection.outbox, visitor);
    } catch (cause) {
      holder.release(source.holding);
      throw cause;
    }
  }
}

interface Asking {
  readonly connection: Connection;
  readonly visitor: Visitor;
  readonly id: string;
}

function failed(connection: Connection, id: string, errors: readonly GraphQLError[]): null {
  connection.fail(id, errors);
  return null;
}

/** One that is executed for its socket alone. Once it has ended, its id may be that of another. */
class Alone implements Running {
  private events: AsyncIterator<ExecutionResult> | null = null;
  private over = false;

  constructor(
    private readonly connection: Connection,
    private readonly id: string,
  ) {}

  /** Never rejects. */
  async run(args: ExecutionArgs): Promise<void> {
    try {
      const errors = await this.execute(args);
      if (this.over) return;
      if (errors) this.connection.fail(this.id, errors);
      else this.connection.complete(this.id);
    } catch (cause) {
      if (!this.over) this.connection.fail(this.id, [graphqlErrorOf(cause)]);
    }
  }

  end(): void {
    this.over = true;
    void this.events?.return?.();
  }

  /** Runs to the end of it; errors: it was refused before its first event. */
  private async execute(args: ExecutionArgs): Promise<readonly GraphQLError[] | undefined> {
    const operation = getOperationAST(args.document, args.operationName)?.operation;
    const begun =
      operation === OperationTypeNode.SUBSCRIPTION ? await subscribe(args) : await execute(args);
    if (Symbol.asyncIterator in begun) return this.follow(begun[Symbol.asyncIterator]());
    if (begun.errors && !('data' in begun)) return begun.errors;
    await this.show(begun);
    return undefined;
  }

  private async follow(events: AsyncIterator<ExecutionResult>): Promise<undefined> {
    this.events = events;
    if (this.over) return void (await events.return?.());
    for (let event = await events.next(); !event.done; event = await events.next()) {
      // Nothing is asked for before this has left: whoever is slow is told of fewer.
      await this.show(event.value);
    }
    return undefined;
  }

  private show(result: ExecutionResult): Promise<void> {
    return this.over ? Promise.resolve() : this.connection.next(this.id, shownResult(result));
  }
}
