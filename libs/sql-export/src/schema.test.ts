/** Who makes the tables by hand makes what the code would make. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMA } from './sql.js';

it('is what docs/export.md shows', () => {
  const page = readFileSync(join(__dirname, '../../../docs/export.md'), 'utf8');
  expect(/^```sql\n([^]*?)^```$/m.exec(page)?.[1]).toBe(SCHEMA);
});
