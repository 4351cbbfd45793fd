import { buildSchema } from 'graphql';
import { z } from 'zod';
import { HeadcountError } from '@headcount/protocol';
import { ENTITIES_MAX, entitiesOf } from './representations.js';
import { subgraphSdl } from './subgraph-sdl.js';
import { subgraphResolver } from './subgraph.resolver.js';

const schema = buildSchema(`
  scalar _Any
  union _Entity = Thing
  type _Service { sdl: String! }
  type Query { "All." things(first: Int = 3): [Thing!]! _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
  type Subscription { thing: Thing! }
  type Thing { id: ID! part: Part! }
  type Part { size: Int! }
`);

describe('a subgraph', () => {
  it('shows its entities and what others may show too, and nothing of the machinery', () => {
    const sdl = subgraphSdl(schema, { keys: { Thing: 'id' }, resolvable: true });
    expect(sdl)
      .toBe(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

type Query {
  """All."""
  things(first: Int = 3): [Thing!]!
}

type Subscription {
  thing: Thing!
}

type Thing @key(fields: "id") @shareable {
  id: ID!
  part: Part!
}

type Part @shareable {
  size: Int!
}
`);
  });

  it('says of entities that it only shows that it does not find them', () => {
    const sdl = subgraphSdl(schema, { keys: { Thing: 'id' }, resolvable: false });
    expect(sdl).toContain('type Thing @key(fields: "id", resolvable: false) @shareable {');
  });
});

describe('_service', () => {
  const told = (HOST: string): string => {
    const Resolver = subgraphResolver({ keys: {}, resolvable: true });
    const resolver = new Resolver({ HOST }) as { service(info: object): { sdl: string } };
    return resolver.service({ schema }).sdl;
  };

  it('tells the schema where a developer is, and there alone', () => {
    expect(told('127.0.0.1')).toContain('type Thing');
    expect(() => told('10.0.0.1')).toThrow('compose from subgraph.graphql');
  });
});

describe('entities by their keys', () => {
  const shape = z.object({ __typename: z.literal('Thing'), id: z.string() });
  const find = ({ id }: { id: string }): string => {
    if (id === 'secret') throw new HeadcountError('FORBIDDEN');
    if (id === 'broken') throw new TypeError('ours');
    return id;
  };
  const codesOf = (...representations: unknown[]) =>
    entitiesOf(representations, shape, find).map((one) =>
      one instanceof HeadcountError ? one.code : one,
    );

  it('are answered in the order asked, each refusal in its place', () => {
    const thing = (id: unknown) => ({ __typename: 'Thing', id });
    const asked = [thing('a'), thing('secret'), thing(7), { id: 'a' }, null, thing('b')];
    const refused = ['BAD_REQUEST', 'BAD_REQUEST', 'BAD_REQUEST'];
    expect(codesOf(...asked)).toEqual(['a', 'FORBIDDEN', ...refused, 'b']);
  });

  it('are bounded in number, and hide no fault of ours', () => {
    const many = Array.from({ length: ENTITIES_MAX + 1 }, () => null);
    expect(() => codesOf(...many)).toThrow(HeadcountError);
    expect(() => codesOf({ __typename: 'Thing', id: 'broken' })).toThrow(TypeError);
  });
});
