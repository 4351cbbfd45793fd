import {
  GraphQLError,
  Kind,
  type DefinitionNode,
  type DocumentNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';
import type { ErrorCode } from '@headcount/protocol';

/** How far a document may go, fragments followed. */
export interface DocumentLimits {
  /** Deepest nesting of fields. */
  readonly depthMax: number;
  /** Most aliases, repeated fields and uses of fragments. */
  readonly aliasesMax: number;
}

/** The code of a document or an operation that goes beyond a limit. */
export const TOO_COMPLEX = 'TOO_COMPLEX' satisfies ErrorCode;

/**
 * Refuses documents that nest too deeply, or say too much again, before anything is executed. `@include` and `@skip` make no
 * difference. A document that is refused is not looked at by the other rules, for some of them take time that
 * grows with the square of what is repeated. Introspection is not counted as depth: its own questions are deep, and it
 * is on only where a developer is.
 * Cost O(document): each fragment is measured once, however often and however deep it is used.
 */
export function documentLimits({ depthMax, aliasesMax }: DocumentLimits): ValidationRule {
  return (context) => ({
    Document: (document) => {
      const { depth, repeats } = measured(document);
      const told = [
        depth > depthMax &&
          `The document nests ${depth} levels of fields; ${depthMax} are allowed.`,
        repeats > aliasesMax &&
          `The document has ${repeats} aliases, repeated fields and uses of fragments; ${aliasesMax} are allowed.`,
      ].filter((sentence) => sentence !== false);
      if (told.length === 0) return undefined;
      for (const sentence of told)
        context.reportError(new GraphQLError(sentence, { extensions: { code: TOO_COMPLEX } }));
      // What a visitor returns takes the place of the node, for the rules beside it too.
      return { ...document, definitions: [] };
    },
  });
}

interface Measure {
  readonly depth: number;
  /** Aliases, repeated fields and fragments, those within fragments each time that they are used. */
  readonly repeats: number;
  /** The same as it is written, with nothing followed. */
  readonly written: number;
}

const NOTHING: Measure = { depth: 0, repeats: 0, written: 0 };

/** The deepest and the longest of the operations, or what is written in all, where that is more. */
function measured(document: DocumentNode): Pick<Measure, 'depth' | 'repeats'> {
  const fragments = new Fragments(document.definitions);
  let [depth, repeats, written] = [0, 0, 0];
  for (const definition of document.definitions) {
    if (!('selectionSet' in definition) || !definition.selectionSet) continue;
    const measure = fragments.measure(definition.selectionSet);
    written += measure.written;
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    depth = Math.max(depth, measure.depth);
    repeats = Math.max(repeats, measure.repeats);
  }
  return { depth, repeats: Math.max(repeats, written) };
}

class Fragments {
  private readonly selections = new Map<string, SelectionSetNode>();
  private readonly known = new Map<string, Measure>();

  constructor(definitions: readonly DefinitionNode[]) {
    for (const definition of definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.selections.set(definition.name.value, definition.selectionSet);
  }

  measure({ selections }: SelectionSetNode): Measure {
    const names = new Set<string>();
    let [depth, repeats, written] = [0, 0, 0];
    for (const selection of selections) {
      const inner = this.within(selection);
      const again = isRepeated(selection, names) ? 1 : 0;
      depth = Math.max(depth, depthOf(selection, inner));
      repeats += inner.repeats + again;
      written += inner.written + again;
    }
    return { depth, repeats, written };
  }

  private within(selection: SelectionNode): Measure {
    if (selection.kind === Kind.FRAGMENT_SPREAD)
      // It is written once, where it is defined.
      return { ...this.fragment(selection.name.value), written: 0 };
    return selection.selectionSet ? this.measure(selection.selectionSet) : NOTHING;
  }

  private fragment(name: string): Measure {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    // A fragment within itself is refused by another rule; here it must only not be followed for ever.
    this.known.set(name, NOTHING);
    const selections = this.selections.get(name);
    const measure = selections === undefined ? NOTHING : this.measure(selections);
    this.known.set(name, measure);
    return measure;
  }
}

function depthOf(selection: SelectionNode, inner: Measure): number {
  if (selection.kind !== Kind.FIELD) return inner.depth;
  return selection.name.value.startsWith('__') ? 1 : 1 + inner.depth;
}

/** Whether it is one of those that `repeats` counts; `names` are those of the fields before it. */
function isRepeated(selection: SelectionNode, names: Set<string>): boolean {
  if (selection.kind !== Kind.FIELD || selection.alias !== undefined) return true;
  const { value: name } = selection.name;
  if (names.has(name)) return true;
  names.add(name);
  return false;
}
