import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A piece of JavaScript in a document. */
export interface Example {
  /** The heading that it stands under. */
  readonly title: string;
  readonly code: string;
}

/** The JavaScript in a document of this repository, in its order. */
export function examplesIn(path: string): Example[] {
  const text = readFileSync(join(__dirname, '../..', path), 'utf8');
  return text.split(/^## /m).flatMap((section) => {
    const [title = '', ...lines] = section.split('\n');
    const blocks = lines.join('\n').matchAll(/^```js\n([^]*?)^```$/gm);
    return [...blocks].map(([, code = '']) => ({ title, code }));
  });
}
