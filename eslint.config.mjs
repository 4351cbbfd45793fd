import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier/flat';
import tseslint from 'typescript-eslint';

/** What each library may import (DESIGN.md §12): the arrows point one way. */
const walls = [
  { sourceTag: 'scope:crdt', onlyDependOnLibsWithTags: ['scope:testing'] },
  { sourceTag: 'scope:protocol', onlyDependOnLibsWithTags: ['scope:crdt', 'scope:testing'] },
  { sourceTag: 'scope:counter-store', onlyDependOnLibsWithTags: ['scope:crdt', 'scope:protocol', 'scope:testing'] },
  { sourceTag: 'scope:replication', onlyDependOnLibsWithTags: ['scope:crdt', 'scope:protocol', 'scope:counter-store', 'scope:testing'] },
  { sourceTag: 'scope:platform', onlyDependOnLibsWithTags: ['scope:crdt', 'scope:protocol', 'scope:counter-store', 'scope:replication', 'scope:testing'] },
  { sourceTag: 'scope:client', onlyDependOnLibsWithTags: ['scope:protocol'] },
  { sourceTag: 'scope:testing', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'scope:app', onlyDependOnLibsWithTags: ['kind:pure', 'kind:adapter', 'kind:nest', 'kind:testing'] },
  { sourceTag: 'scope:all-in-one', onlyDependOnLibsWithTags: ['kind:nest', 'kind:testing', 'kind:app'] },
  // The pure libraries run anywhere: no framework, no Node module. zod alone may say what a message looks like.
  { sourceTag: 'scope:crdt', bannedExternalImports: ['*'] },
  { sourceTag: 'scope:protocol', allowedExternalImports: ['zod'] },
  { sourceTag: 'kind:adapter', bannedExternalImports: ['@nestjs/*', '@apollo/*', 'fastify'] },
];
const boundaries = { enforceBuildableLibDependency: false, allow: [], depConstraints: walls };

const impure = ['process', 'setTimeout', 'setInterval', 'setImmediate', 'console', 'Buffer', 'fetch', 'performance', 'crypto'];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.nx/**', '.headcount/**', 'coverage/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  {
    // Nest reads argument types at run time, so its files may import a class that only stands in a type.
    files: ['apps/**/*.ts', 'libs/platform/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['apps/all-in-one/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': ['error', { ...boundaries, allow: ['@headcount/app-*'] }] },
  },
  {
    files: ['libs/crdt/src/**/*.ts', 'libs/protocol/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impure, 'Date'],
      'no-restricted-imports': ['error', { patterns: ['node:*', '@nestjs/*', 'ioredis', 'undici'] }],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Randomness is an argument.' }],
    },
  },
  {
    files: ['**/*.test.ts'],
    rules: { 'max-lines': 'off' },
  },
  prettier,
);
