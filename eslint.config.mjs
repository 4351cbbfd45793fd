import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier/flat';
import tseslint from 'typescript-eslint';

// The rule for the walls reads a stored project graph, and where there is none, as in a fresh clone, it lets
// every import pass. So the graph is made here, before the first file is looked at, in this very process.
process.env.NX_DAEMON ??= 'false';
process.env.NX_ISOLATE_PLUGINS ??= 'false';
await createProjectGraphAsync({ exitOnError: false });

const { devDependencies } = JSON.parse(
  readFileSync(new URL('package.json', import.meta.url), 'utf8'),
);

/** Each may import all that stand after it, and none before it (STYLE.md rule 1, DESIGN.md §12). */
const ARROW = ['app', 'platform', 'replication', 'counter-store', 'protocol', 'crdt'];
const FRAMEWORKS = ['@nestjs/*', '@apollo/*', '@fastify/*', 'fastify'];

/** `scope` may import the projects with the scopes in `others`. */
const wall = (scope, others) => ({
  sourceTag: `scope:${scope}`,
  onlyDependOnLibsWithTags: others.map((other) => `scope:${other}`),
});

/** Which project may import which; `also` may be imported by all of them. */
const walls = (...also) => [
  ...ARROW.slice(1).map((scope, at) => wall(scope, [...ARROW.slice(at + 2), ...also])),
  wall('app', [...ARROW.slice(1), 'gateway-core', 'sql-export', 'main', ...also]),
  // It is there before anything else is loaded.
  wall('main', [...also]),
  wall('gateway-core', ['protocol', 'crdt', ...also]),
  wall('sql-export', ['counter-store', 'crdt', ...also]),
  // It runs what is shipped on a clock and a network of its own, so it is part of no app.
  wall('simulation', [...ARROW.slice(2), 'gateway-core', 'testing']),
  wall('all-in-one', ['platform', 'main', ...also]),
  wall('client', ['protocol', ...also]),
  wall('tools', [...ARROW.slice(1), 'client', 'simulation', 'testing']),
  wall('testing', []),
  { sourceTag: 'kind:pure', bannedExternalImports: FRAMEWORKS },
  { sourceTag: 'kind:adapter', bannedExternalImports: FRAMEWORKS },
  { sourceTag: 'kind:sdk', bannedExternalImports: [...FRAMEWORKS, 'ioredis', 'undici'] },
];

/** What is shipped runs without the tools of development, and pure libraries without anything: they run anywhere. */
const productionWalls = [
  ...walls(),
  ...['pure', 'adapter', 'nest', 'app'].map((kind) => ({
    sourceTag: `kind:${kind}`,
    bannedExternalImports: Object.keys(devDependencies),
  })),
  { sourceTag: 'scope:crdt', allowedExternalImports: [] },
  // zod alone may say what a message looks like.
  { sourceTag: 'scope:protocol', allowedExternalImports: ['zod', 'zod/*'] },
];
const testWalls = walls('testing');

const boundaries = (depConstraints, allow = []) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    { enforceBuildableLibDependency: false, allow, depConstraints },
  ],
});

const noDeepImports = {
  group: ['@headcount/*/**'],
  message: 'A project has one door, its index.ts.',
};
/** The second door of a project, `src/testing/index.ts`, is for the tests of others alone. */
const noDeepImportsInTests = {
  ...noDeepImports,
  group: [...noDeepImports.group, '!@headcount/*/testing'],
};
const noTestHelpers = {
  group: ['**/testing/**', '**/*.test.js', '**/*.contract.js'],
  message: 'What is shipped does not import what is made for tests.',
};
const noImports = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

const purely = {
  'no-restricted-imports': [
    'error',
    {
      paths: builtinModules.map((name) => ({ name, message: 'A pure library runs anywhere.' })),
      patterns: [
        { group: ['node:*'], message: 'A pure library runs anywhere.' },
        noDeepImports,
        noTestHelpers,
      ],
    },
  ],
  'no-restricted-globals': [
    'error',
    ...['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
    ...['process', 'console', 'Buffer', 'crypto', 'fetch', 'WebSocket', 'require'],
    ...['global', 'globalThis', 'window', 'self'],
  ],
};

/** Clock, randomness and environment are arguments; two files hand in the real ones. */
const SOURCES = ['libs/platform/src/sources.ts', 'libs/main/src/main-of.ts'];
const noHiddenSources = {
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Time is an argument: take CLOCK.' },
    { object: 'Math', property: 'random', message: 'Randomness is an argument: take RANDOM.' },
    { object: 'process', property: 'env', message: 'Settings are read once, by mainOf.' },
  ],
};

const TESTS = ['**/*.test.ts', '**/*.contract.ts', '{apps,libs}/*/src/**/testing/**/*.ts'];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.nx/**', '.headcount/**', 'coverage/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...boundaries(productionWalls),
      ...noImports(noDeepImports, noTestHelpers),
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    // Nest reads argument types at run time, so its files may import a class that only stands in a type.
    files: ['apps/**/*.ts', 'libs/platform/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['{apps,libs}/*/src/**/*.ts'],
    ignores: [...TESTS, 'libs/testing/**', ...SOURCES],
    rules: noHiddenSources,
  },
  {
    files: ['apps/all-in-one/**/*.ts'],
    rules: boundaries(productionWalls, ['@headcount/app-*']),
  },
  {
    files: ['libs/{crdt,protocol}/src/**/*.ts'],
    ignores: TESTS,
    rules: purely,
  },
  {
    files: TESTS,
    rules: {
      ...boundaries(testWalls),
      ...noImports(noDeepImportsInTests),
      'max-lines': 'off',
    },
  },
  {
    files: ['apps/all-in-one/**/*.test.ts'],
    rules: boundaries(testWalls, ['@headcount/app-*']),
  },
  prettier,
);
