const { pathsToModuleNameMapper } = require('./tools/test/paths.cjs');

/** One configuration for every project: the kinds of test differ by the ending of their names alone. */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools'],
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: { ...pathsToModuleNameMapper(__dirname), '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testTimeout: 30_000,
  // What a file leaves behind stays with its worker, and is gone through at each collection of garbage.
  workerIdleMemoryLimit: '700MB',
};
