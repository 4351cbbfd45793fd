import { buildSchema, parse, print } from 'graphql';
import { groupPlan, variesBelow, type GroupPlan } from './group-plan.js';

const schema = buildSchema(`
  type Counter { count(at: Int): Int! name: String! }
  type Query { gateway: String }
  type Subscription { counter(pageId: ID!): Counter! }
`);

function planOf(text: string, variables: Record<string, unknown>): GroupPlan {
  const document = parse(text);
  const prepared = { document, normalised: print(document), variesBelow: variesBelow(document) };
  const plan = groupPlan(schema, prepared, { variables });
  if (!plan?.ok) throw new Error('no plan');
  return plan.value;
}

/** Whether two that differ in their variables alone make the same of an event. */
function isShared(text: string, ...both: [Record<string, unknown>, Record<string, unknown>]) {
  const [one, other] = both.map((variables) => planOf(text, variables));
  expect(one?.key).not.toBe(other?.key);
  return one?.shape === other?.shape;
}

describe('what is made of an event', () => {
  const pages = [{ p: 'a' }, { p: 'b' }] as const;

  it.each([
    'subscription ($p: ID!) { counter(pageId: $p) { count name } }',
    'subscription ($p: ID!) { counter(pageId: $p) { ...F } } fragment F on Counter { count }',
  ])('is the same for all pages: %s', (text) => {
    expect(isShared(text, ...pages)).toBe(true);
  });

  it.each([
    'subscription ($p: Boolean!) { counter(pageId: "a") { count name @skip(if: $p) } }',
    'subscription ($p: Boolean!) { counter(pageId: "a") { name ... @include(if: $p) { count } } }',
    'subscription ($p: Boolean!) { counter(pageId: "a") { ...F } } fragment F on Counter { name count @skip(if: $p) }',
  ])('is another one where a variable decides on a selection: %s', (text) => {
    expect(isShared(text, { p: true }, { p: false })).toBe(false);
  });

  it('is another one where a variable is an argument below the field', () => {
    const text = 'subscription ($at: Int) { counter(pageId: "a") { count(at: $at) } }';
    expect(isShared(text, { at: 1 }, { at: 2 })).toBe(false);
  });

  it('is another one where a document has several operations', () => {
    const both =
      'subscription A { counter(pageId: "a") { count } } subscription B { counter(pageId: "a") { name } }';
    const document = parse(both);
    const prepared = { document, normalised: print(document), variesBelow: false };
    const shapes = ['A', 'B'].map((operationName) => {
      const plan = groupPlan(schema, prepared, { operationName });
      return plan?.ok ? plan.value.shape : null;
    });
    expect(new Set(shapes).size).toBe(2);
  });
});
