import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectGolden } from './golden.js';

describe('expectGolden', () => {
  const dir = mkdtempSync(join(tmpdir(), 'headcount-golden-'));
  const file = join(dir, 'schema.graphql');
  const update = process.env.UPDATE_GOLDEN;

  afterEach(() => {
    if (update === undefined) delete process.env.UPDATE_GOLDEN;
    else process.env.UPDATE_GOLDEN = update;
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it('fails where the file is missing or says something else, and passes once it is written', () => {
    delete process.env.UPDATE_GOLDEN;
    expect(() => expectGolden(file, 'type Query')).toThrow(
      'is missing; write it with UPDATE_GOLDEN=1',
    );
    process.env.UPDATE_GOLDEN = '1';
    expectGolden(file, 'type Query');
    expect(readFileSync(file, 'utf8')).toBe('type Query');
    delete process.env.UPDATE_GOLDEN;
    expectGolden(file, 'type Query');
    expect(() => expectGolden(file, 'type Mutation')).toThrow('type Mutation');
  });
});
