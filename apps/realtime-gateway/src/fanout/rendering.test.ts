/**
 * Goal    what is rendered is what graphql-js executes, for every operation and event; where that cannot be, nothing is.
 * Method  each document and event by both ways, over a schema with the shapes that subscriptions have.
 */
import { buildSchema, execute, parse, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { renderingOf } from './rendering.js';

const SDL = `
  interface Named { name: String! }
  type Region { name: String! lag: Float }
  type Counter implements Named { pageId: ID! name: String! count: Int! at: String regions: [Region!]! tags: [String] }
  type Query { gateway: String }
  type Subscription { one(pageId: ID): Counter! many: [Counter!]! maybe: Counter strange: Named }
`;

interface Shown {
  readonly [field: string]: unknown;
}

function schemaOf(): GraphQLSchema {
  const schema = buildSchema(SDL);
  const { one, many } = schema.getSubscriptionType()?.getFields() ?? {};
  // As Nest has it: the root field gives an event its form.
  const { count } = (schema.getType('Counter') as GraphQLObjectType<Shown>).getFields();
  if (count) count.resolve = (counter) => counter['count'];
  const region = schema.getType('Region') as GraphQLObjectType<Shown>;
  // So has what Nest makes of classes.
  region.isTypeOf = ({ name }) => name !== 'atlantis';
  if (many) many.resolve = (events: readonly Shown[]) => events;
  if (one)
    one.resolve = (event: Shown, { pageId = 'a' }) => ({
      ...event,
      name: `${pageId} of ${String(event['name'])}`,
    });
  return schema;
}

const schema = schemaOf();
const COUNTER: Shown = {
  ...{ pageId: 'a "page"\n', name: 'likes', count: 7, at: null, tags: ['x', null] },
  regions: [
    { name: 'ams', lag: 0.5 },
    { name: 'fra', lag: null },
  ],
};

/** What both ways make of an event. */
function both(text: string, event: unknown, variables: Record<string, unknown> = {}) {
  const document = parse(text);
  const rendering = renderingOf(schema, { document, operationName: undefined, variables });
  const executed = execute({
    ...{ schema, document, rootValue: event },
    variableValues: variables,
  });
  return {
    rendered: rendering && rendering(event, { pageId: 'a' }),
    executed: JSON.stringify(executed),
  };
}

describe('the rendering of an operation', () => {
  it.each([
    ['plain fields', '{ one(pageId: "a") { pageId name count at } }'],
    ['aliases, and a field twice', '{ n: one { a: count count b: count count } }'],
    ['lists of scalars and of objects', '{ one { tags regions { lag name __typename } } }'],
    ['type names', '{ one { __typename kind: __typename } }'],
    [
      'fragments, one in the other, with selections that merge',
      '{ one { ...A regions { name } ... { count } ... on Counter { at } } } fragment A on Counter { ...B pageId } fragment B on Counter { regions { lag } }',
    ],
    [
      'directives on fields and fragments',
      '($y: Boolean!, $n: Boolean!) { one { count @skip(if: $y) at @include(if: $n) pageId @include(if: $y) ...A @skip(if: $n) ... @skip(if: $y) { name } } } fragment A on Counter { tags }',
    ],
    ['everything left out', '{ one { count @skip(if: true) } }'],
  ])('has %s as they are executed', (_, text) => {
    const { rendered, executed } = both(`subscription ${text}`, COUNTER, { y: true, n: false });
    expect(rendered).toBe(executed);
  });

  it('has several of them', () => {
    const { rendered, executed } = both('subscription { many { count at } }', [COUNTER, COUNTER]);
    expect(rendered).toBe(executed);
  });

  it.each([
    ['a value that is missing', '{ one { count } }', { ...COUNTER, count: null }],
    ['a value of the wrong kind', '{ one { count } }', { ...COUNTER, count: 'seven' }],
    [
      'an object of another type',
      '{ one { regions { name } } }',
      { ...COUNTER, regions: [{ name: 'atlantis' }] },
    ],
    ['what is still to come', '{ one { count } }', { ...COUNTER, count: Promise.resolve(7) }],
    ['a list that is none', '{ one { tags } }', { ...COUNTER, tags: 'x' }],
    ['a property that is a function', '{ one { at } }', { ...COUNTER, at: () => 'now' }],
    ['an interface', '{ strange { name } }', { strange: { __typename: 'Counter', name: 'n' } }],
    ['a fragment on an interface', '{ one { ... on Named { name } } }', COUNTER],
    ['a root field without a resolver', '{ maybe { count } }', { maybe: COUNTER }],
    ['two root fields', '{ one { count } maybe { count } }', COUNTER],
  ])('leaves %s to execute', (_, text, event) => {
    expect(both(`subscription ${text}`, event).rendered).toBeNull();
  });

  it('hears it where what is still to come fails, as nobody else would', async () => {
    const failing = (): Promise<never> => Promise.reject(new Error('no such thing'));
    const event = Object.defineProperty({ ...COUNTER }, 'count', {
      ...{ get: failing, enumerable: true },
    });
    const unheard: unknown[] = [];
    const note = (cause: unknown): void => void unheard.push(cause);
    process.on('unhandledRejection', note);
    expect(both('subscription { one { count } }', event).rendered).toBeNull();
    await new Promise((turnEnds) => setImmediate(turnEnds));
    process.off('unhandledRejection', note);
    expect(unheard).toEqual([]);
  });
});
