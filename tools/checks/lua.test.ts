/** House rules for the Lua scripts (STYLE.md rules 12 to 14). */
import { posix } from 'node:path';
import {
  filesLike,
  hasFile,
  linesLike,
  longerThan,
  type WorkspaceFile,
} from './workspace-files.js';

const FOLDER = 'libs/counter-store/src/scripts/';
const scripts = filesLike(/\/scripts\/[^/]+\.lua$/);
const all = filesLike(/\.lua$/);
const nameOf = ({ path }: WorkspaceFile): string => posix.basename(path, '.lua');

const includesIn = ({ text }: WorkspaceFile): string[] =>
  [...text.matchAll(/^--- @include (\S+)$/gm)].map(([, name = '']) => name);

describe('the Lua scripts', () => {
  it('stand in one folder', () => {
    const elsewhere = all.map(({ path }) => path).filter((path) => !path.startsWith(FOLDER));
    expect(elsewhere).toEqual([]);
  });

  it.each(scripts.map(nameOf))('%s has a typed wrapper of its name', (name) => {
    const [wrapper] = filesLike(new RegExp(`/scripts/${name}\\.ts$`));
    expect(wrapper?.text).toContain(`name: '${name}'`);
  });

  it.each(scripts.map(nameOf))(
    '%s is tested on a real Redis, by name or with its store',
    (name) => {
      const storesOfIt = filesLike(/counter-store\/src\/[a-z-]+\.store\.ts$/)
        .filter(({ text }) => text.includes(`'./scripts/${name}.js'`))
        .map(({ path }) => path.replace(/\.ts$/, '.redis.test.ts'));
      const namingIt = filesLike(/\.redis\.test\.ts$/)
        .filter(({ text }) => text.includes(name))
        .map(({ path }) => path);
      expect([...storesOfIt.filter(hasFile), ...namingIt]).not.toEqual([]);
    },
  );

  it.each(scripts.map((script) => [nameOf(script), script.text] as const))(
    '%s states its contract in the fixed order',
    (name, text) => {
      const header = /^--\[\[\n([\s\S]*?)\n\]\]\n/.exec(text)?.[1] ?? '';
      expect(header).toMatch(new RegExp(`^${name}: [^\n]+\\.$`, 'm'));
      const facts = header.match(/^(?:KEYS|ARGV|Returns|Refuses|Retry|Cost|Holds)(?=[[ ])/gm) ?? [];
      const inOrder = facts.filter((fact, at) => fact !== facts[at - 1]);
      const contract = ['Returns', 'Refuses', 'Retry', 'Cost', 'Holds'];
      expect(inOrder.filter((fact) => fact !== 'ARGV')).toEqual(['KEYS', ...contract]);
      expect(['KEYS', 'Returns']).toContain(inOrder[inOrder.indexOf('ARGV') - 1] ?? 'KEYS');
    },
  );

  it('have includes that say what they are for', () => {
    const includes = filesLike(/\/scripts\/includes\/[^/]+\.lua$/);
    const silent = includes.filter((file) => !file.text.startsWith(`--[[\n${nameOf(file)}: `));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('name every include whose functions they use, so that the loader puts it before them', () => {
    const includes = filesLike(/\/scripts\/includes\/[^/]+\.lua$/);
    const home = new Map(
      includes.flatMap((file) =>
        [...file.text.matchAll(/^local function (\w+)/gm)].map(([, made = '']) => [
          made,
          nameOf(file),
        ]),
      ),
    );
    const unnamed = all.flatMap((file) => {
      const named = new Set([...includesIn(file), nameOf(file)]);
      const code = file.text.replace(/^--\[\[[\s\S]*?\n\]\]\n/, '').replace(/--.*|'[^'\n]*'/g, '');
      const used = new Set([...code.matchAll(/(?<![.\w])(\w+)\(/g)].map(([, call = '']) => call));
      return [...used].flatMap((call) => {
        const at = home.get(call);
        return at === undefined || named.has(at) ? [] : [`${file.path}: ${call} of ${at}`];
      });
    });
    expect(home.size).toBeGreaterThan(100);
    expect(unnamed).toEqual([]);
  });

  it('stay within 150 lines', () => {
    expect(longerThan(all, 150)).toEqual([]);
  });

  it('write integers with a format, for tostring goes over to exponents at 1e14', () => {
    expect(linesLike(all, /\btostring\(/)).toEqual([]);
  });

  it('draw nothing at random, so that the same call gives the same state', () => {
    expect(
      linesLike(all, /redis\.call\('(?:SRANDMEMBER|HRANDFIELD|RANDOMKEY)'|math\.random/),
    ).toEqual([]);
  });
});

describe('TypeScript', () => {
  it('holds no Lua in its strings', () => {
    const shipped = filesLike(/^(?:apps|libs)\/.*\.ts$/, /\.test\.ts$|\/testing\//);
    expect(linesLike(shipped, /redis\.call\(|\.eval\(/)).toEqual([]);
  });
});
