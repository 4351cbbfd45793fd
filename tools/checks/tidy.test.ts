/** House rules that a script can check (STYLE.md); each failure lists the places that break one. */
import { posix } from 'node:path';
import { filesLike, hasFile, linesLike, longerThan } from './workspace-files.js';

const TEST = /\.test\.ts$|\/src\/(?:.*\/)?testing\//;
const code = filesLike(/^(?:apps|libs)\/.*\.ts$/);
const shipped = filesLike(/^(?:apps|libs)\/.*\.ts$/, TEST);
const tests = filesLike(/\.test\.ts$/);
const texts = filesLike(
  /\.(?:[cm]?[jt]sx?|lua|md|json|ya?ml|sh|css|html|conf)$|Dockerfile$|^\.ci\//,
);
const written = texts.filter(({ path }) => path !== 'package-lock.json');

describe('the repository', () => {
  it('names no machine: no path of one, no address that packages are fetched from', () => {
    // The brackets keep these lines from finding themselves.
    expect(linesLike(texts, /(?<![\w.])[/](?:work|root)[/]/)).toEqual([]);
    expect(
      linesLike(texts, /https?:\/\/[^\s'\"]*(?:registr[y]|artifactor[y])|"resolve[d]":/),
    ).toEqual([]);
  });

  it('has no task left open without the number of its issue', () => {
    expect(linesLike(written, /\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b(?!\s*\(#\d+\))/)).toEqual([]);
  });

  it('links from its pages to files that are there', () => {
    const broken = filesLike(/\.md$/).flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)[^)]*\)/g)]
        .map(([, link = '']) => posix.join(posix.dirname(path), decodeURI(link)))
        .filter(
          (target) => !hasFile(target) && !texts.some((file) => file.path.startsWith(`${target}/`)),
        )
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('numbers its decisions one by one, each with forces, options, choice and what would prove it wrong', () => {
    const records = filesLike(/^docs\/adr\/.*\.md$/);
    const numbers = records.map(({ path }) => Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]));
    expect(numbers).toEqual(numbers.map((_, at) => at + 1));
    for (const { text } of records) {
      const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      expect(headings).toEqual(['Forces', 'Options', 'Choice', 'What would prove it wrong']);
    }
  });

  it('explains each word once, those of the design among them', () => {
    const [glossary] = filesLike(/^docs\/glossary\.md$/);
    const words = [...(glossary?.text ?? '').matchAll(/^\| ([^|]+) \|/gm)]
      .flatMap(([, cell = '']) => cell.split(', '))
      .filter((word) => word !== 'word' && !word.startsWith('-'));
    expect(words).toEqual([...new Set(words)]);
    const design = ['page', 'counter', 'viewer', 'session', 'gateway', 'region', 'bucket'];
    const feeds = ['incarnation', 'feed', 'version', 'interval', 'observation', 'floor'];
    expect(words).toEqual(expect.arrayContaining([...design, ...feeds]));
  });
});

describe('the code', () => {
  it('keeps the rules of lint and of types, with no exception made in place', () => {
    const exceptions = /eslint-disabl[e]|@ts-(?:ignor[e]|nochec[k])/;
    expect(linesLike(code, exceptions)).toEqual([]);
  });

  it('has named exports only', () => {
    expect(linesLike(code, /^export (?:default|\*)/)).toEqual([]);
  });

  it('keeps files short: 400 lines, 200 in the pure libraries', () => {
    const pure = filesLike(/^libs\/(?:crdt|protocol)\/.*\.ts$/, TEST);
    expect(longerThan(shipped, 400)).toEqual([]);
    expect(longerThan(pure, 200)).toEqual([]);
  });
});

describe('the tests', () => {
  it('all run, and alone with none', () => {
    // A test that suits some machines only may choose between `it` and `it.skip` by what it finds there.
    const left =
      /\b(?:it|test|describe)\.(?:only|skip|todo|failing)(?:\.each)?\(|\b(?:f|x)(?:it|describe|test)\(/;
    expect(linesLike(tests, left)).toEqual([]);
  });

  it('are named by the behaviour, as a fact', () => {
    expect(linesLike(tests, /\bit(?:\.each)?\(\s*['"`][^'"`]*\bshoul[d]\b/)).toEqual([]);
  });

  it('say by their name what they are and what they need', () => {
    const kinds = /\/[a-z0-9.-]+?(?:\.(?:property|redis|types|e2e))?\.test\.ts$/;
    expect(tests.map(({ path }) => path).filter((path) => !kinds.test(`/${path}`))).toEqual([]);
    const needRedis = tests
      .filter(({ path, text }) => !path.startsWith('libs/testing/') && /\bstartRedis\(/.test(text))
      .map(({ path }) => path);
    expect(needRedis.filter((path) => !/\.(?:redis|e2e)\.test\.ts$/.test(path))).toEqual([]);
  });
});
