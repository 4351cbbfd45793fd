import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { err, ok, type Result } from '@headcount/protocol';

/** A document as it is kept: with its text, spaces and comments aside. */
export interface PreparedDocument {
  readonly document: DocumentNode;
  readonly normalised: string;
}

/** What a subscription asks for, so far as it decides what it is shown. */
export interface GroupPlan {
  /** The same for all that are shown the same. */
  readonly key: string;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly field: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Asked {
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/**
 * The plan of a subscription whose one field stands in it as it is; null: another operation, which is executed for its
 * socket alone.
 */
export function groupPlan(
  schema: GraphQLSchema,
  { document, normalised }: PreparedDocument,
  { operationName, variables }: Asked,
): Result<GroupPlan, readonly GraphQLError[]> | null {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return null;
  const [node, ...others] = operation.selectionSet.selections;
  if (node?.kind !== Kind.FIELD || others.length > 0 || node.directives?.length) return null;
  const field = schema.getSubscriptionType()?.getFields()[node.name.value];
  if (field === undefined) return null;
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  if (coerced.errors) return err(coerced.errors);
  try {
    const args = getArgumentValues(field, node, coerced.coerced);
    return ok({
      key: JSON.stringify([normalised, operationName, coerced.coerced]),
      ...{ document, args, field: field.name },
      operationName: operationName ?? undefined,
      // Coerced once more when it is executed, so as they came.
      variables: variables ?? {},
    });
  } catch (cause) {
    if (cause instanceof GraphQLError) return err([cause]);
    throw cause;
  }
}
