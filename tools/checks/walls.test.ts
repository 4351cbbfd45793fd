/**
 * Goal    a wrong import fails lint, and a right one does not (DESIGN.md §12, STYLE.md rules 1 and 2).
 * Method  small files with one import each are linted under the workspace's own configuration, in a process
 *         that finds no stored project graph, as on a fresh clone.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const BOUNDARY = '@nx/enforce-module-boundaries';
const RESTRICTED = 'no-restricted-imports';

/** Where an import stands, and what it names. */
type Import = readonly [file: string, specifier: string];

const WRONG: readonly (readonly [...Import, rule: string])[] = [
  // Pure libraries import nothing from outside, in no way of writing it.
  ['libs/crdt/src/x.ts', '@nestjs/common', BOUNDARY],
  ['libs/crdt/src/x.ts', 'ioredis', BOUNDARY],
  ['libs/crdt/src/x.ts', 'zod', BOUNDARY],
  ['libs/crdt/src/x.ts', 'node:fs', RESTRICTED],
  ['libs/crdt/src/x.ts', 'fs', RESTRICTED],
  ['libs/crdt/src/x.ts', 'fs/promises', RESTRICTED],
  ['libs/protocol/src/x.ts', 'ioredis', BOUNDARY],
  ['libs/protocol/src/x.ts', '@nestjs/common', BOUNDARY],
  ['libs/protocol/src/x.ts', 'node:crypto', RESTRICTED],
  // The arrows point one way.
  ['libs/crdt/src/x.ts', '@headcount/protocol', BOUNDARY],
  ['libs/protocol/src/x.ts', '@headcount/counter-store', BOUNDARY],
  ['libs/counter-store/src/x.ts', '@headcount/replication', BOUNDARY],
  ['libs/replication/src/x.ts', '@headcount/platform', BOUNDARY],
  ['libs/counter-store/src/x.ts', '@headcount/app-counter-api', BOUNDARY],
  ['libs/platform/src/x.ts', '@headcount/app-realtime-gateway', BOUNDARY],
  ['libs/client/src/x.ts', '@headcount/platform', BOUNDARY],
  // It is there before anything else is loaded.
  ['libs/main/src/x.ts', '@headcount/platform', BOUNDARY],
  ['libs/client/src/x.ts', '@headcount/crdt', BOUNDARY],
  ['libs/testing/src/x.ts', '@headcount/crdt', BOUNDARY],
  ['libs/testing/src/x.test.ts', '@headcount/crdt', BOUNDARY],
  ['apps/counter-api/src/x.ts', '@headcount/app-realtime-gateway', BOUNDARY],
  ['apps/counter-api/src/x.test.ts', '@headcount/app-realtime-gateway', BOUNDARY],
  ['apps/notification/src/x.ts', '@headcount/client', BOUNDARY],
  ['apps/all-in-one/src/x.ts', '@headcount/counter-store', BOUNDARY],
  // What a gateway decides needs no Redis, and nothing that is shipped needs the simulator.
  ['libs/gateway-core/src/x.ts', '@headcount/counter-store', BOUNDARY],
  ['libs/gateway-core/src/x.ts', '@headcount/platform', BOUNDARY],
  ['libs/platform/src/x.ts', '@headcount/gateway-core', BOUNDARY],
  ['libs/platform/src/x.ts', '@headcount/sql-export', BOUNDARY],
  ['libs/sql-export/src/x.ts', '@headcount/replication', BOUNDARY],
  ['libs/sql-export/src/x.ts', '@nestjs/common', BOUNDARY],
  ['libs/replication/src/x.test.ts', '@headcount/simulation', BOUNDARY],
  ['apps/counter-api/src/x.ts', '@headcount/simulation', BOUNDARY],
  ['libs/simulation/src/x.ts', '@headcount/platform', BOUNDARY],
  // Nest ends above the adapters, in their tests too.
  ['libs/counter-store/src/x.ts', '@nestjs/common', BOUNDARY],
  ['libs/replication/src/x.ts', 'fastify', BOUNDARY],
  ['libs/counter-store/src/x.test.ts', '@nestjs/testing', BOUNDARY],
  ['libs/client/src/x.ts', 'ioredis', BOUNDARY],
  // What is shipped needs nothing that is there for tests and tools.
  ['libs/crdt/src/x.ts', 'fast-check', BOUNDARY],
  ['libs/crdt/src/x.ts', '@headcount/testing', BOUNDARY],
  ['libs/platform/src/x.ts', '@nestjs/testing', BOUNDARY],
  ['apps/counter-api/src/x.ts', '@headcount/testing', BOUNDARY],
  ['libs/counter-store/src/x.ts', './testing/store-harness.js', RESTRICTED],
  // One door a project, and a second one for the tests of others.
  ['libs/replication/src/x.ts', '@headcount/counter-store/testing', RESTRICTED],
  ['libs/replication/src/x.test.ts', '@headcount/counter-store/testing/pull.js', RESTRICTED],
  ['libs/counter-store/src/x.ts', '@headcount/crdt/src/feed.js', RESTRICTED],
  ['libs/counter-store/src/x.test.ts', '@headcount/crdt/src/feed.js', RESTRICTED],
  ['libs/counter-store/src/x.ts', '../../crdt/src/feed.js', BOUNDARY],
  ['libs/counter-store/src/x.test.ts', '../../crdt/src/feed.js', BOUNDARY],
  ['libs/crdt/src/x.ts', '@headcount/crdt', BOUNDARY],
  // Tools stand on the libraries; apps they start as processes.
  ['tools/e2e/x.ts', '@headcount/app-counter-api', BOUNDARY],
];

const RIGHT: readonly Import[] = [
  ['libs/protocol/src/x.ts', '@headcount/crdt'],
  ['libs/protocol/src/x.ts', 'zod'],
  ['libs/counter-store/src/x.ts', '@headcount/crdt'],
  ['libs/replication/src/x.test.ts', '@headcount/counter-store/testing'],
  ['libs/counter-store/src/x.ts', '@headcount/protocol'],
  ['libs/counter-store/src/x.ts', 'ioredis'],
  ['libs/counter-store/src/x.ts', 'node:crypto'],
  ['libs/replication/src/x.ts', '@headcount/counter-store'],
  ['libs/platform/src/x.ts', '@headcount/replication'],
  ['libs/platform/src/x.ts', '@headcount/crdt'],
  ['libs/platform/src/x.ts', '@nestjs/common'],
  ['libs/client/src/x.ts', '@headcount/protocol'],
  ['libs/sql-export/src/x.ts', '@headcount/counter-store'],
  ['libs/sql-export/src/x.ts', 'pg'],
  ['apps/counter-api/src/x.ts', '@headcount/sql-export'],
  ['libs/gateway-core/src/x.ts', '@headcount/protocol'],
  ['apps/realtime-gateway/src/x.ts', '@headcount/gateway-core'],
  ['libs/simulation/src/x.ts', '@headcount/gateway-core'],
  ['libs/simulation/src/x.ts', '@headcount/replication'],
  ['libs/simulation/src/x.ts', '@headcount/testing'],
  ['tools/e2e/x.ts', '@headcount/simulation'],
  ['apps/counter-api/src/x.ts', '@headcount/platform'],
  ['apps/counter-api/src/x.ts', '@headcount/crdt'],
  ['apps/all-in-one/src/x.ts', '@headcount/platform'],
  ['apps/all-in-one/src/x.ts', '@headcount/app-counter-api'],
  ['apps/all-in-one/src/x.ts', '@headcount/app-realtime-gateway'],
  ['apps/all-in-one/src/x.ts', '@headcount/app-notification'],
  ['apps/all-in-one/src/x.e2e.test.ts', '@headcount/app-counter-api'],
  ['apps/all-in-one/src/x.e2e.test.ts', '@headcount/testing'],
  ['libs/crdt/src/x.test.ts', 'fast-check'],
  ['libs/crdt/src/x.test.ts', '@headcount/testing'],
  ['libs/crdt/src/testing/x.ts', 'fast-check'],
  ['libs/crdt/src/x.test.ts', './testing/recorded-writer.js'],
  ['libs/counter-store/src/x.redis.test.ts', '@headcount/testing'],
  ['libs/testing/src/x.ts', 'fast-check'],
  ['apps/counter-api/src/x.e2e.test.ts', '@headcount/testing'],
  ['tools/e2e/x.ts', '@headcount/testing'],
];

const projects = ['apps', 'libs'].flatMap((folder) =>
  readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`),
);

/** Texts with a wrong import that is not written as a plain one, or that reaches for a hidden source. */
const WRONG_TEXTS: readonly (readonly [file: string, text: string, rule: string])[] = [
  ['libs/crdt/src/x.ts', `export type { Type } from '@nestjs/common';`, BOUNDARY],
  ['libs/crdt/src/x.ts', `export const late = import('@nestjs/common');`, BOUNDARY],
  ['libs/crdt/src/x.ts', `export * from '@headcount/counter-store';`, BOUNDARY],
  ['libs/crdt/src/x.ts', `export const now = new Date();`, 'no-restricted-globals'],
  ['libs/protocol/src/x.ts', `export const bytes = Buffer.from('x');`, 'no-restricted-globals'],
  ['libs/protocol/src/x.ts', `export const key = globalThis.crypto;`, 'no-restricted-globals'],
  ['libs/replication/src/x.ts', `export const now = Date.now();`, 'no-restricted-properties'],
  ['apps/counter-api/src/x.ts', `export const r = Math.random();`, 'no-restricted-properties'],
  [
    'apps/counter-api/src/x.ts',
    `export const home = process.env.HOME;`,
    'no-restricted-properties',
  ],
];

const importing = (specifier: string): string =>
  `import * as imported from '${specifier}';\nexport { imported };\n`;

describe('the walls', () => {
  const clientImports = projects.map(
    (project) => [`${project}/src/x.ts`, '@headcount/client'] as const,
  );
  const asked = [...WRONG, ...RIGHT, ...clientImports].map(([filePath, specifier]) => ({
    filePath,
    text: importing(specifier),
  }));
  const found = new Map<string, readonly string[]>();
  const keyOf = (filePath: string, text: string): string => `${filePath}\n${text}`;

  beforeAll(() => {
    const emptyFolder = mkdtempSync(join(tmpdir(), 'headcount-walls-'));
    const texts = [...asked, ...WRONG_TEXTS.map(([filePath, text]) => ({ filePath, text }))];
    try {
      const output = execFileSync(process.execPath, [join(__dirname, 'lint-texts.mjs')], {
        cwd: ROOT,
        env: { ...process.env, NX_WORKSPACE_DATA_DIRECTORY: emptyFolder, NX_DAEMON: 'false' },
        input: JSON.stringify(texts),
        encoding: 'utf8',
      });
      const verdicts = JSON.parse(output) as string[][];
      for (const [at, { filePath, text }] of texts.entries()) {
        found.set(keyOf(filePath, text), verdicts[at] ?? []);
      }
    } finally {
      rmSync(emptyFolder, { recursive: true, force: true });
    }
  }, 60_000);

  /** What lint said, each message on a line, so that a failed test shows it. */
  const verdictOn = (filePath: string, text: string): string => {
    const messages = found.get(keyOf(filePath, text));
    if (!messages) throw new Error(`${filePath} was not linted`);
    return messages.join('\n');
  };

  it.each(WRONG)('keep %s from importing %s', (filePath, specifier, rule) => {
    expect(verdictOn(filePath, importing(specifier))).toContain(`${rule}: `);
  });

  it.each(WRONG_TEXTS)('keep %s from saying %s', (filePath, text, rule) => {
    expect(verdictOn(filePath, text)).toContain(`${rule}: `);
  });

  it.each(RIGHT)('let %s import %s', (filePath, specifier) => {
    expect(verdictOn(filePath, importing(specifier))).toBe('');
  });

  // Nobody imports the client, so this fails for a project that has no wall at all.
  it.each(projects)('stand around %s', (project) => {
    expect(verdictOn(`${project}/src/x.ts`, importing('@headcount/client'))).toContain(BOUNDARY);
  });

  it.each(projects)('know %s by one kind and one scope', (project) => {
    const file = readFileSync(join(ROOT, project, 'project.json'), 'utf8');
    const { tags } = JSON.parse(file) as { tags: string[] };
    expect(tags.map((tag) => tag.split(':')[0]).sort()).toEqual(['kind', 'scope']);
  });
});
