import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Demands that a document is what its golden file says, so that a change of an interface shows in the diff.
 * `UPDATE_GOLDEN=1 npm test -- golden` writes the files anew instead. Only inside a Jest test.
 */
export function expectGolden(file: string, text: string): void {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  expect(
    existsSync(file)
      ? readFileSync(file, 'utf8')
      : `${file} is missing; write it with UPDATE_GOLDEN=1`,
  ).toBe(text);
}
