import { join, resolve } from 'node:path';

/** Where `npm start` keeps its data: HEADCOUNT_DIR, or `.headcount/` in the checkout. */
export function dataDirOf(env, root) {
  return resolve(env.HEADCOUNT_DIR || join(root, '.headcount'));
}
