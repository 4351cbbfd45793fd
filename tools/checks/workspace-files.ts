import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** A text file of the repository. */
export interface WorkspaceFile {
  /** From the workspace's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Every file that is in the repository or would be added to it, read once. */
const ALL: readonly WorkspaceFile[] = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  { cwd: ROOT, encoding: 'utf8' },
)
  .split('\0')
  // A file that is deleted and not yet committed is listed too, and so is a link to a folder.
  .filter((path) => path !== '' && statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile())
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** The files whose path fits `wanted` and not `unwanted`. Throws where there is none, for then nothing is checked. */
export function filesLike(wanted: RegExp, unwanted?: RegExp): readonly WorkspaceFile[] {
  const found = ALL.filter(({ path }) => wanted.test(path) && !unwanted?.test(path));
  if (found.length === 0) throw new Error(`no file is like ${wanted}`);
  return found;
}

/** `path:line: text` of every line that fits `pattern`, so that a failed check shows where to look. */
export function linesLike(files: readonly WorkspaceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
  );
}

/** `path: n lines` of every file that has more than `most`. */
export function longerThan(files: readonly WorkspaceFile[], most: number): string[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1;
    return lines > most ? [`${path}: ${lines} lines`] : [];
  });
}

/** Whether the repository has a file at `path`. */
export function hasFile(path: string): boolean {
  return ALL.some((file) => file.path === path);
}
