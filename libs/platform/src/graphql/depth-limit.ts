import {
  GraphQLError,
  Kind,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';

/**
 * Refuses documents that nest fields deeper than `max`, before anything is executed. Introspection
 * is not counted: its own questions are deep, and it is on only where a developer is.
 */
export function depthLimit(max: number): ValidationRule {
  return (context) => ({
    OperationDefinition: (operation) => {
      const deepest = depthOf(operation.selectionSet, (name) => context.getFragment(name), []);
      if (deepest <= max) return;
      const told = `The document nests ${deepest} levels of fields; ${max} are allowed.`;
      context.reportError(new GraphQLError(told, { nodes: [operation] }));
    },
  });
}

function depthOf(
  { selections }: SelectionSetNode,
  fragment: (name: string) => FragmentDefinitionNode | null | undefined,
  inside: readonly string[],
): number {
  const depths = selections.map((selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return depthOf(selection.selectionSet, fragment, inside);
    }
    const name = selection.name.value;
    if (selection.kind === Kind.FIELD) {
      if (name.startsWith('__') || !selection.selectionSet) return 1;
      return 1 + depthOf(selection.selectionSet, fragment, inside);
    }
    // A fragment within itself is refused by another rule; here it must only not be followed for
    // ever.
    const spread = inside.includes(name) ? null : fragment(name);
    return spread ? depthOf(spread.selectionSet, fragment, [...inside, name]) : 0;
  });
  return Math.max(0, ...depths);
}
