const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/** The workspace's import names, read from tsconfig.base.json so that they are written down once. */
function pathsToModuleNameMapper(root) {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8'));
  return Object.fromEntries(
    Object.entries(compilerOptions.paths).map(([name, [file]]) => [`^${name}$`, join(root, file)]),
  );
}
module.exports = { pathsToModuleNameMapper };
