/**
 * `npm run verify:mutants [-- WORD …] [--seeds N]`: plants one mistake after the other into a copy of the code and demands
 * that the simulator finds each within N seeds (1,000). WORD picks the mistakes whose name has it. Prints a table. Exit
 * code 0 only if every mistake could be planted, was found, and the code without any passes as many seeds as the
 * mistake that took longest.
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compile } from '../build/compile.mjs';
import { MUTANTS } from './mutants/list.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const worker = join(root, 'tools/verify/mutants/worker.cjs');
const AT_ONCE = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '1000' } },
});
const seedsMax = Number(values.seeds);
const isAsked = ({ name }) =>
  positionals.length === 0 || positionals.some((word) => name.includes(word));

/** A copy of the code with one mistake in it, and of what it was compiled to. */
async function plant(folder, { file, from, to }) {
  const text = await readFile(join(root, file), 'utf8');
  const places = text.split(from).length - 1;
  if (places !== 1) throw new Error(`${file} says ${places} times: ${from}`);
  await cp(join(root, 'dist/libs'), join(folder, 'dist/libs'), { recursive: true });
  await cp(join(root, 'libs'), join(folder, 'libs'), { recursive: true });
  for (const name of ['tsconfig.base.json', '.swcrc', 'package.json']) {
    await cp(join(root, name), join(folder, name));
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const mutated = text.replace(from, () => to);
  await writeFile(join(folder, file), mutated);
  if (!file.endsWith('.ts')) return writeFile(join(folder, 'dist', file), mutated);
  for (const [target, code] of await compile(folder, [file])) {
    await writeFile(join(folder, 'dist', target), code);
  }
}

/** The first seed that fails and what it observed, or null after all of them. */
function search(folder, seeds, first = 1) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [worker, folder, String(seeds), String(first)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    child.stdout.on('data', (chunk) => (told += chunk));
    child.on('exit', (code) => {
      if (code !== 0) reject(new Error(`the simulator has ended with ${code}`));
      else resolve(JSON.parse(told));
    });
  });
}

async function judge(mutant) {
  const folder = await mkdtemp(join(tmpdir(), 'headcount-mutant-'));
  try {
    await plant(folder, mutant);
    return await search(folder, seedsMax, mutant.first);
  } catch (error) {
    return { error: error.message };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const build = createRequire(import.meta.url).resolve('../build/build-dist.mjs');
await new Promise((done) => spawn(process.execPath, [build], { stdio: 'ignore' }).on('exit', done));

const asked = MUTANTS.filter(isAsked);
const rows = [];
const waiting = [...asked];
async function work() {
  for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
    const found = await judge(mutant);
    rows.push({ mutant, found });
    console.error(`${rows.length}/${asked.length}  ${sentence(found)}  ${mutant.name}`);
  }
}

function sentence(found) {
  if (found === null) return 'ESCAPED';
  return found.error ? 'NOT PLANTED' : `seed ${found.seed}`;
}

await Promise.all(Array.from({ length: AT_ONCE }, work));
console.log('| mistake | found at | first wrong observation |\n|---|---|---|');
for (const { mutant, found } of rows.sort(
  (left, right) => asked.indexOf(left.mutant) - asked.indexOf(right.mutant),
)) {
  const observed = found === null ? '' : (found.error ?? found.wrong);
  console.log(
    `| ${mutant.name} | ${sentence(found)} | ${observed.replaceAll('|', '/').slice(0, 90)} |`,
  );
}
const caught = rows.filter(({ found }) => found !== null && !found.error);
const longest = Math.max(
  0,
  ...caught.map(({ mutant, found }) => found.seed - (mutant.first ?? 1) + 1),
);
const sound = await search(root, longest);
console.log(
  `${caught.length} of ${rows.length} mistakes found within ${seedsMax} seeds; ` +
    (sound === null
      ? `without any, ${longest} seeds come right`
      : `WITHOUT ANY seed ${sound.seed} fails: ${sound.wrong}`),
);
process.exitCode = caught.length === rows.length && rows.length > 0 && sound === null ? 0 : 1;
