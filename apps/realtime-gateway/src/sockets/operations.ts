/** What becomes of an operation of a socket: it joins a group of those that are shown the same, or runs for itself. */
import {
  OperationTypeNode,
  execute,
  getOperationAST,
  subscribe,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { formatGraphqlError } from '@headcount/platform';
import { groupPlan, type PreparedDocument } from '../fanout/group-plan.js';
import type { Groups } from '../fanout/groups.js';
import type { FieldSources } from '../fanout/field-sources.js';
import type { Visitor } from '../presence/visitor.js';
import type { SocketContext } from '../subscriptions/counter.resolver.js';
import { graphqlErrorOf, type Connection, type Running } from './connection.js';
import type { Documents } from './documents.js';

export interface OperationsOptions {
  readonly schema: () => GraphQLSchema;
  readonly documents: Documents;
  readonly groups: Groups;
  readonly sources: FieldSources;
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
    const prepared = this.options.documents.prepare(schema, query);
    if (!prepared.ok) return failed(connection, id, prepared.error);
    const asked = { operationName, variables };
    try {
      const joined = this.join(schema, prepared.value, asked, { connection, visitor, id });
      if (joined !== undefined) return joined;
    } catch (cause) {
      return failed(connection, id, [graphqlErrorOf(cause)]);
    }
    const contextValue: SocketContext = { visitor };
    const args = {
      ...{ schema, document: prepared.value.document, contextValue },
      ...{ variableValues: variables ?? null, operationName: operationName ?? null },
    };
    const alone = new Alone(connection, id);
    void alone.run(args).catch((cause: unknown) => alone.fail([graphqlErrorOf(cause)]));
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
    const group = this.options.groups.groupOf(schema, plan.value, source);
    const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    return group.join(head, connection.outbox, visitor);
  }
}

interface Asking {
  readonly connection: Connection;
  readonly visitor: Visitor;
  readonly id: string;
}

function failed(
  connection: Connection,
  id: string,
  errors: Parameters<Connection['fail']>[1],
): null {
  connection.fail(id, errors);
  return null;
}

/** One that is executed for its socket alone. */
class Alone implements Running {
  private events: AsyncIterator<ExecutionResult> | null = null;
  private over = false;

  constructor(
    private readonly connection: Connection,
    private readonly id: string,
  ) {}

  async run(args: ExecutionArgs): Promise<void> {
    const { connection, id } = this;
    const operation = getOperationAST(args.document, args.operationName)?.operation;
    const begun =
      operation === OperationTypeNode.SUBSCRIPTION ? await subscribe(args) : await execute(args);
    if (Symbol.asyncIterator in begun) return this.follow(begun[Symbol.asyncIterator]());
    // One that was refused before its first event has no data at all.
    if (begun.errors && !('data' in begun)) return this.fail(begun.errors);
    await connection.next(id, shown(begun));
    if (!this.over) connection.complete(id);
  }

  end(): void {
    this.over = true;
    void this.events?.return?.();
  }

  private async follow(events: AsyncIterator<ExecutionResult>): Promise<void> {
    this.events = events;
    if (this.over) return this.end();
    for (let event = await events.next(); !event.done; event = await events.next()) {
      // Nothing is asked for before this has left: whoever is slow is told of fewer.
      if (!this.over) await this.connection.next(this.id, shown(event.value));
    }
    // Once it has ended, its id may be that of another.
    if (!this.over) this.connection.complete(this.id);
  }

  fail(errors: Parameters<Connection['fail']>[1]): void {
    if (!this.over) this.connection.fail(this.id, errors);
  }
}

const shown = ({ data = null, errors }: ExecutionResult): object =>
  errors ? { data, errors: errors.map(formatGraphqlError) } : { data };
