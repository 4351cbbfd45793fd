/**
 * Puts a Lua script together. A script and an include name what they use themselves, as `--- @include shelf`, each on a line of its
 * own; what those use comes before them, and nothing comes twice.
 */

const INCLUDE = /^--- @include (\S+)\n?/gm;

/** Gives the text of an include; undefined: there is none of that name. */
export type ReadInclude = (name: string) => string | undefined;

/**
 * The script with all that it includes in place of its first include. Throws where an include is missing, or includes itself, with the
 * way from the script to it.
 */
export function assembleScript(script: string, text: string, readInclude: ReadInclude): string {
  const bodies = new Map<string, string>();
  const add = (name: string, way: readonly string[]): void => {
    const here = [...way, name];
    if (way.includes(name)) throw new Error(`${name} includes itself: ${here.join(' > ')}`);
    if (bodies.has(name)) return;
    const include = readInclude(name);
    if (include === undefined) throw new Error(`there is no include ${name}: ${here.join(' > ')}`);
    for (const used of includesOf(include)) add(used, here);
    bodies.set(name, include.replace(INCLUDE, ''));
  };
  for (const name of includesOf(text)) add(name, [script]);
  let isFirst = true;
  return text.replace(INCLUDE, () => {
    if (!isFirst) return '';
    isFirst = false;
    return [...bodies.values()].join('');
  });
}

/** The includes that a text names itself, in its order. */
export const includesOf = (text: string): string[] =>
  [...text.matchAll(INCLUDE)].map(([, name = '']) => name);
