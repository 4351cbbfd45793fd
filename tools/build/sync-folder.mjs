import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/**
 * Makes `folder` hold exactly `files` (path -> content). A file that is right already is not touched and each other one
 * is replaced in one step, so that a process running from the folder never reads half a file nor misses one, and several
 * may do this at once.
 */
export async function syncFolder(folder, files) {
  await mkdir(folder, { recursive: true });
  await Promise.all(
    [...files].map(([path, content]) => replace(join(folder, path), Buffer.from(content))),
  );
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const stale = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !files.has(relative(folder, path).split(sep).join('/')) && !isUnderWay(path));
  await Promise.all(stale.map((path) => rm(path, { force: true })));
}

async function replace(path, content) {
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(content)) return;
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, content);
  await rename(beside, path);
}

/** Whether another process is about to put the file in its place. */
function isUnderWay(path) {
  const [, pid] = /\.(\d+)$/.exec(path) ?? [];
  try {
    return pid !== undefined && process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}
