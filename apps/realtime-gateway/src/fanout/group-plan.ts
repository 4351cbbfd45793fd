import {
  BREAK,
  GraphQLError,
  Kind,
  OperationTypeNode,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  visit,
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { err, ok, type Result } from '@headcount/protocol';

/** A document as it is kept: with its text, spaces and comments aside. */
export interface PreparedDocument {
  readonly document: DocumentNode;
  readonly normalised: string;
  /** Whether variables decide more than the arguments of its operations' fields. */
  readonly variesBelow: boolean;
}

/** Whether a variable stands anywhere but in the arguments of fields that stand in an operation as they are. */
export function variesBelow({ definitions }: DocumentNode): boolean {
  const below = definitions.flatMap((definition): readonly ASTNode[] => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return [definition];
    return definition.selectionSet.selections.flatMap((node): readonly ASTNode[] => {
      const isPlain = node.kind === Kind.FIELD && !node.directives?.length;
      if (!isPlain) return [node];
      return node.selectionSet ? [node.selectionSet] : [];
    });
  });
  return below.some(hasVariable);
}

function hasVariable(node: ASTNode): boolean {
  let has = false;
  visit(node, {
    Variable: () => {
      has = true;
      return BREAK;
    },
  });
  return has;
}

/** What a subscription asks for, so far as it decides what it is shown. */
export interface GroupPlan {
  /** The same for all that are shown the same. */
  readonly key: string;
  /** The same for all that make the same of an event. */
  readonly shape: string;
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
  { document, normalised, variesBelow }: PreparedDocument,
  { operationName, variables }: Asked,
): Result<GroupPlan, readonly GraphQLError[]> | null {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return null;
  const [node, ...others] = operation.selectionSet.selections;
  if (node?.kind !== Kind.FIELD || others.length > 0 || node.directives?.length) return null;
  const field = schema.getSubscriptionType()?.getFields()[node.name.value];
  if (field === undefined) return null;
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, {
    // As the executor of graphql-js: a list of null makes an error of each.
    maxErrors: 50,
  });
  if (coerced.errors) return err(coerced.errors);
  try {
    const args = getArgumentValues(field, node, coerced.coerced);
    const key = JSON.stringify([normalised, operationName, coerced.coerced]);
    return ok({
      key,
      shape: variesBelow ? key : JSON.stringify([normalised, operationName]),
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
