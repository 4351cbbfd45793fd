import { join } from 'node:path';
import { Fault } from './fault.mjs';
import { run } from './run-child.mjs';

/** Compiles the workspace; what the compiler says goes to standard error. Rejects with a Fault if it fails. */
export async function build(root) {
  const script = join(root, 'tools/build/build-dist.mjs');
  const { status } = await run(process.execPath, [script], { cwd: root, stderr: 'inherit' });
  if (status !== 0) throw new Fault('The build failed; what it printed is above.');
}
