import { Logger } from '@nestjs/common';
import { buildSchema, execute, parse, validate, type GraphQLError } from 'graphql';
import { HeadcountError } from '@headcount/protocol';
import { formatGraphqlError } from './format-error.js';

/** Errors as graphql-ws gets them from graphql-js itself, without Apollo in between. */
const schema = buildSchema('type Query { a: Int b: Int! }');
const thrownBy = async (thrown: unknown): Promise<GraphQLError> => {
  const rootValue = { a: () => Promise.reject(thrown), b: () => null };
  const { errors } = await execute({ schema, document: parse('{ a }'), rootValue });
  if (!errors?.[0]) throw new Error('no error');
  return errors[0];
};

describe('an error of GraphQL', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('keeps code and detail of a refusal', async () => {
    const error = await thrownBy(new HeadcountError('BAD_PAGE_ID', 'It is empty.'));
    expect(formatGraphqlError(error)).toEqual({
      message: 'It is empty.',
      locations: [{ line: 1, column: 3 }],
      path: ['a'],
      extensions: { code: 'BAD_PAGE_ID' },
    });
  });

  it.each([new Error('secret'), 'secret', { secret: 1 }])('tells nothing of %p', async (thrown) => {
    const formatted = formatGraphqlError(await thrownBy(thrown));
    expect(formatted).toMatchObject({
      message: 'Something went wrong on our side.',
      extensions: { code: 'INTERNAL' },
    });
    expect(JSON.stringify(formatted)).not.toContain('secret');
  });

  it('of ours is not blamed on the caller: null where there must be a value', async () => {
    const result = await execute({ schema, document: parse('{ b }'), rootValue: { b: null } });
    expect(result.errors?.map(formatGraphqlError)).toMatchObject([
      { extensions: { code: 'INTERNAL' } },
    ]);
  });

  it('says what is wrong with a document', () => {
    const [error] = validate(schema, parse('{ zzzzz }'));
    expect(error && formatGraphqlError(error)).toEqual({
      message: 'Cannot query field "zzzzz" on type "Query".',
      locations: [{ line: 1, column: 3 }],
      extensions: { code: 'BAD_REQUEST' },
    });
  });
});
