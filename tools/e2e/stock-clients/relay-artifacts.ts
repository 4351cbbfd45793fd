import type { ConcreteRequest, NormalizationOperation } from 'relay-runtime';
import { OPERATIONS, type OperationName } from './operations.js';

type Selections = NormalizationOperation['selections'];
type Selection = Selections[number];

const scalar = (name: string, alias: string | null = null): Selection => ({
  ...{ kind: 'ScalarField', alias, args: null, name, storageKey: null },
});

/** A field of Subscription that gives a Counter, with arguments that are variables of the same names. */
const counterField = (
  name: string,
  alias: string | null,
  args: readonly string[],
  selections: Selections,
): Selection => ({
  kind: 'LinkedField',
  alias,
  args: args.map((arg) => ({ kind: 'Variable', name: arg, variableName: arg })),
  concreteType: 'Counter',
  name,
  plural: false,
  selections,
  storageKey: null,
});

/** What Relay's compiler writes for an operation all of whose fragments are unmasked: `@relay(mask: false)`. */
const artifact = (
  name: OperationName,
  variables: readonly string[],
  selections: Selections,
): ConcreteRequest => {
  const argumentDefinitions = variables.map((variable) => ({
    ...{ defaultValue: null, kind: 'LocalArgument' as const, name: variable },
  }));
  return {
    fragment: {
      ...{ argumentDefinitions, kind: 'Fragment', metadata: null, name, type: 'Subscription' },
      // Without fragments both trees are the same.
      selections: selections as ConcreteRequest['fragment']['selections'],
      abstractKey: null,
    },
    kind: 'Request',
    operation: { argumentDefinitions, kind: 'Operation', name, selections },
    params: {
      ...{ cacheID: name, id: null, metadata: {}, name },
      ...{ operationKind: 'subscription', text: OPERATIONS[name] },
    },
  };
};

export const ARTIFACTS: Readonly<Record<OperationName, ConcreteRequest>> = {
  Viewing: artifact(
    'Viewing',
    ['pageId'],
    [counterField('viewing', null, ['pageId'], [scalar('count'), scalar('connections')])],
  ),
  Likes: artifact(
    'Likes',
    ['pageId', 'name', 'every', 'withTime'],
    [
      counterField(
        'counterChanged',
        'likes',
        ['every', 'name', 'pageId'],
        [
          scalar('pageId'),
          scalar('count', 'total'),
          {
            ...{ condition: 'withTime', kind: 'Condition', passingValue: true },
            selections: [scalar('updatedAt', 'at')],
          },
        ],
      ),
    ],
  ),
};
