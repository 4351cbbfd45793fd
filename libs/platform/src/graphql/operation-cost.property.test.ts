/**
 * Goal    the cost of an operation is what its resolvers are really asked for.
 * Method  graphql-js executes random operations; each resolver adds up what its call costs by the arguments that it receives, and
 *         answers as many entries as it was asked for. Variables are called as properties of Object.prototype are.
 */
import fc from 'fast-check';
import {
  GraphQLInt,
  GraphQLID,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  NoUnusedVariablesRule,
  execute,
  getOperationAST,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionResult,
} from 'graphql';
import { runs } from '@headcount/testing';
import { COST_EXTENSION, type FieldCost } from './field-cost.js';
import { operationCost } from './operation-cost.js';

const costing = (cost: FieldCost) => ({ [COST_EXTENSION]: cost });

/** What resolvers were called for; a context of the execution. */
interface Spent {
  cost: number;
}
type Args = Readonly<Record<string, unknown>>;

const entries = (count: number): object[] => Array.from({ length: count }, () => ({}));
const sizeOf = (value: unknown): number =>
  Math.max(1, Array.isArray(value) ? value.length : Number(value ?? 1));

const ids = { type: new GraphQLList(new GraphQLNonNull(GraphQLID)), defaultValue: ['a', 'b'] };

const Thing: GraphQLObjectType<object, Spent> = new GraphQLObjectType<object, Spent>({
  name: 'Thing',
  fields: () => ({
    plain: {
      type: GraphQLInt,
      resolve: (_, _args, spent) => (spent.cost += 1),
    },
    many: {
      ...{ type: new GraphQLList(Thing), args: { ids } },
      extensions: costing({ each: 10, times: 'ids' }),
      resolve: (_, args: Args, spent) => {
        const count = sizeOf(args.ids ?? ids.defaultValue);
        spent.cost += 10 * count;
        return entries(count);
      },
    },
    top: {
      type: new GraphQLList(Thing),
      args: { first: { type: GraphQLInt, defaultValue: 2 }, ids },
      extensions: costing({ own: 7, each: 3, times: 'first' }),
      resolve: (_, { first }: Args, spent) => {
        const count = sizeOf(first ?? 2);
        spent.cost += 7 + 3 * count;
        return entries(count);
      },
    },
    demanding: {
      type: new GraphQLList(Thing),
      args: { list: { type: new GraphQLNonNull(new GraphQLList(GraphQLID)) } },
      // No cost is declared: 1 for each entry of the list.
      resolve: (_, { list }: Args, spent) => {
        const count = sizeOf(list);
        spent.cost += count;
        return entries(count);
      },
    },
  }),
});
const schema = new GraphQLSchema({
  query: new GraphQLObjectType<object, Spent>({
    name: 'Query',
    fields: { thing: { type: Thing, extensions: costing({ own: 0 }), resolve: () => ({}) } },
  }),
});

const NAMES = [...Object.getOwnPropertyNames(Object.prototype), 'ids', 'first', 'length'];
const TYPES = ['[ID!]', '[ID!]!', '[ID]', '[ID]!', 'ID', 'ID!', 'Int', 'Int!'];

/** Literals that fit a list, an item, a number. */
const LITERALS = {
  '[': ['[]', '["a"]', '["a", "b", "c"]', '"a"'],
  ID: ['"a"', '7'],
  In: ['0', '3', '-1'],
};
const literalsOf = (type: string): readonly string[] =>
  Object.entries(LITERALS).find(([head]) => type.startsWith(head))?.[1] ?? [];

/** One of the literals of a type, and null where it may be. */
function literalOf(type: string, at: number): string {
  const fitting = type.endsWith('!') ? literalsOf(type) : ['null', ...literalsOf(type)];
  return fitting[at % fitting.length] ?? 'null';
}

const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom<unknown>('a', 7), { maxLength: 4 }) },
  { weight: 3, arbitrary: fc.integer({ min: -1, max: 4 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>('a', null, [null], true, { length: 9 }, undefined),
  },
);
const declared = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...NAMES),
    type: fc.constantFrom(...TYPES),
    preset: fc.option(fc.nat(9), { nil: null }),
    given: fc.option(
      value.map((one) => ({ value: one })),
      { nil: null },
    ),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 4 },
);
type Declared = typeof declared extends fc.Arbitrary<infer T> ? T : never;

/** An argument as it is written; a number stands for a variable that fits, within a list where it stands in one. */
const argument = fc.oneof(
  fc.constant(''),
  fc.nat(3),
  fc.nat(3).map((at) => [at]),
  fc.nat(9).map((literal) => ({ literal })),
);
/** Types of variables that fit an argument, and the items of its list. */
const FITTING: Readonly<Record<string, { types: readonly string[]; items: readonly string[] }>> = {
  ids: { types: ['[ID!]', '[ID!]!'], items: ['ID!'] },
  first: { types: ['Int', 'Int!'], items: [] },
  list: { types: ['[ID]!', '[ID!]!', '[ID]'], items: ['ID', 'ID!'] },
};
type Given = typeof argument extends fc.Arbitrary<infer T> ? T : never;
interface Field {
  readonly name: string;
  readonly given: Given;
  readonly fields: readonly Field[];
  readonly isFragment: boolean;
}
const { field } = fc.letrec<{ field: Field; leaf: Field }>((tie) => ({
  leaf: fc.constant({ name: 'plain', given: '', fields: [], isFragment: false }),
  field: fc.record({
    name: fc.constantFrom('many', 'top', 'demanding'),
    given: argument,
    fields: fc.array(fc.oneof({ maxDepth: 2, withCrossShrink: true }, tie('leaf'), tie('field')), {
      minLength: 1,
      maxLength: 2,
    }),
    isFragment: fc.boolean(),
  }),
}));

/** The document: each field under an alias of its own, as fields that have one name in the answer are one. */
function written(fields: readonly Field[], variables: Declared): string {
  const fragments: string[] = [];
  let aliases = 0;
  const valueOf = (name: string, given: Given): string => {
    const type = FITTING[name]?.types[0] ?? '';
    if (given === '') return type.endsWith('!') ? '[]' : '';
    if (typeof given === 'object' && 'literal' in given) return literalOf(type, given.literal);
    const fitting = typeof given === 'number' ? FITTING[name]?.types : FITTING[name]?.items;
    const found = variables.filter(({ type }) => fitting?.includes(type));
    if (found.length === 0) return literalOf(type, 1);
    const place = typeof given === 'number' ? given : (given[0] ?? 0);
    const text = `$${found[place % found.length]!.name}`;
    return typeof given === 'number' ? text : `[${text}, "x", ${text}]`;
  };
  const shown = ({ name, given, fields: inner, isFragment }: Field): string => {
    const alias = `a${(aliases += 1)}`;
    if (name === 'plain') return `${alias}: plain`;
    const argumentName = { many: 'ids', top: 'first', demanding: 'list' }[name] ?? '';
    const text = valueOf(argumentName, given);
    const args = text === '' ? '' : `(${argumentName}: ${text})`;
    const body = inner.map(shown).join(' ');
    if (!isFragment) return `${alias}: ${name}${args} { ${body} }`;
    fragments.push(`fragment ${alias} on Thing { ${body} }`);
    return `${alias}: ${name}${args} { ...${alias} }`;
  };
  const body = fields.map(shown).join(' ');
  const heads = variables.map(
    ({ name, type, preset }) =>
      `$${name}: ${type}${preset === null ? '' : ` = ${literalOf(type, preset)}`}`,
  );
  return `query (${heads.join(' ')}) { thing { ${body} } } ${fragments.join(' ')}`;
}

const RULES = specifiedRules.filter((rule) => rule !== NoUnusedVariablesRule);

describe('the cost of an operation', () => {
  it('is what its resolvers are asked for, whatever variables are called and given', () => {
    let executed = 0;
    const tried = fc.tuple(fc.array(field, { minLength: 1, maxLength: 3 }), declared);
    fc.assert(
      fc.property(tried, ([fields, variables]) => {
        const document = parse(written(fields, variables));
        fc.pre(validate(schema, document, RULES).length === 0);
        // As JSON is parsed: `__proto__` is a name like any other.
        const given = Object.fromEntries(
          variables.flatMap(({ name, given: one }) => (one ? [[name, one.value]] : [])),
        );
        const spent: Spent = { cost: 0 };
        const result = executedWith(document, given, spent);
        const operation = getOperationAST(document);
        if (!operation) throw new Error('there is one operation');
        const cost = operationCost(schema, document, operation, given);
        if (!cost.ok) {
          expect([result.data, spent.cost]).toEqual([undefined, 0]);
          expect(result.errors?.map(({ message }) => message)).toEqual(
            expect.arrayContaining(cost.error.map(({ message }) => message)),
          );
          return;
        }
        // A field whose arguments do not fit is not resolved, and costs all the same.
        if (result.errors) return expect(cost.value).toBeGreaterThanOrEqual(spent.cost);
        executed += 1;
        expect(cost.value).toBe(spent.cost);
      }),
      { numRuns: runs(200) },
    );
    expect(executed).toBeGreaterThan(0);
  });
});

const executedWith = (
  document: DocumentNode,
  variableValues: Record<string, unknown>,
  contextValue: Spent,
): ExecutionResult =>
  execute({ schema, document, variableValues, contextValue }) as ExecutionResult;
