import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HEAD = '| setting | default | what it does |\n|---|---|---|';

/**
 * Demands that the table between `<!-- settings: part -->` and `<!-- /settings -->` in a document holds just these
 * rows. UPDATE_GOLDEN=1 writes it anew instead. Only inside a Jest test.
 */
export function expectDocumentedSettings(
  root: string,
  part: string,
  rows: readonly string[],
): void {
  const file = join(root, 'docs/settings.md');
  const text = readFileSync(file, 'utf8');
  const place = new RegExp(`(<!-- settings: ${part} -->\\n)([^]*?)(<!-- /settings -->)`);
  const table = `${HEAD}\n${rows.join('\n')}\n`;
  if (process.env.UPDATE_GOLDEN === '1') {
    writeFileSync(
      file,
      text.replace(place, (_, before: string, __, after: string) => before + table + after),
    );
    return;
  }
  expect(place.exec(text)?.[2]).toBe(table);
}
