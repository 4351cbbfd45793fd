/** Goal: a wrong argument is reported without a request; so is an answer that does not come. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const COMMAND = join(__dirname, 'counter.mjs');
const run = (...words: readonly string[]) => {
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, ...words], { encoding: 'utf8' });
  return { status, stderr };
};

describe('npm run counter', () => {
  it.each([
    ['nothing', []],
    ['an order that is none', ['reset', 'home', 'likes']],
    ['no value', ['set', 'home', 'likes']],
    ['a value that is no number', ['set', 'home', 'likes', 'many']],
    ['a word too many', ['show', 'home', 'likes', '5']],
    ['an option that is none', ['show', 'home', 'likes', '--key', 'secret']],
  ])('says how it is used, given %s', (_, words) => {
    const { status, stderr } = run(...words);
    expect(status).toBe(1);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});
