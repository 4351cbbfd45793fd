import { incarnationAt } from '../position.js';
import { regionNamed, writerOf, type Region, type Writer } from '../writer.js';

/** The region of this name. Throws if that is not allowed. */
export function region(name: string): Region {
  const named = regionNamed(name);
  if (!named.ok) throw new Error(`${name} names no region`);
  return named.value;
}

/** The nth incarnation of a test: a later n is a later one. */
export function incarnation(n: number): string {
  return incarnationAt(n, '00000000');
}

/** The region of this name in its nth incarnation. */
export function writer(name: string, n = 1): Writer {
  const written = writerOf(region(name), incarnation(n));
  if (!written.ok) throw new Error(`${n} gives no incarnation`);
  return written.value;
}

/** One writer for each replica of a test. */
export const WRITERS: readonly Writer[] = ['ams', 'fra', 'sin'].map((name) => writer(name));

/** The writer of replica `at`. */
export function writerAt(at: number): Writer {
  const found = WRITERS[at];
  if (found === undefined) throw new Error(`there is no replica ${at}`);
  return found;
}
