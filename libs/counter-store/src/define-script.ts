/**
 * Lua scripts as typed functions. A script is one .lua file whose header is its contract; its wrapper names the
 * same KEYS and ARGV, and the two are compared when the script is defined, so that they cannot drift apart.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { assembleScript } from './assemble-script.js';

const SCRIPTS = join(__dirname, 'scripts');

/** What a wrapper says of its script. The last of `keys` or `args` may be a list; the header says so too. */
export interface ScriptDefinition<R> {
  readonly name: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  /** Makes a typed reply of what Redis answered. Throws where the script broke its own contract. */
  readonly decode: (reply: readonly string[]) => R;
}

/** A script ready to run. Rejects with ioredis' errors when Redis is away or the script fails. */
export interface Script<R> {
  readonly name: string;
  readonly source: string;
  run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<R>;
}

type Command = (numberOfKeys: number, ...rest: readonly (string | number)[]) => Promise<unknown>;

/** Reads `scripts/<name>.lua` with its includes and checks its header. Throws on any disagreement. */
export function defineScript<R>({ name, keys, args, decode }: ScriptDefinition<R>): Script<R> {
  const text = readFileSync(join(SCRIPTS, `${name}.lua`), 'utf8');
  demandSameNames(name, 'KEYS', headerNames(text, 'KEYS'), keys);
  demandSameNames(name, 'ARGV', headerNames(text, 'ARGV'), args);
  const source = assembleScript(name, text, readInclude);
  return {
    name,
    source,
    async run(redis, atKeys, withArgs) {
      return decode(texts(await commandOf(redis, name)(atKeys.length, ...atKeys, ...withArgs)));
    },
  };
}

function readInclude(name: string): string | undefined {
  const file = join(SCRIPTS, 'includes', `${name}.lua`);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** The names that the header gives, in order: `KEYS[2] index  zset …` gives index. */
export function headerNames(text: string, table: 'KEYS' | 'ARGV'): string[] {
  const line = new RegExp(`^${table}\\[(\\d+)\\] (\\S+)`, 'gm');
  return [...text.matchAll(line)].map(([, number, name], place) => {
    if (Number(number) !== place + 1)
      throw new Error(`${table}[${number}] stands in the wrong place`);
    return name ?? '';
  });
}

function demandSameNames(
  script: string,
  table: string,
  inHeader: readonly string[],
  inWrapper: readonly string[],
): void {
  if (inHeader.join() === inWrapper.join()) return;
  throw new Error(
    `${script}.lua: ${table} are ${inHeader.join()}, its wrapper says ${inWrapper.join()}`,
  );
}

/** The command that the connection was made with (scripts/all.ts). ioredis sends the body once, then its digest. */
function commandOf(redis: Redis, name: string): Command {
  const command = (redis as unknown as Record<string, Command | undefined>)[name];
  if (!command) throw new Error(`this connection was made without the script ${name}`);
  return command.bind(redis);
}

function texts(reply: unknown): readonly string[] {
  if (!Array.isArray(reply)) throw new Error(`a script answered ${typeof reply}, not a list`);
  return reply.map(String);
}
