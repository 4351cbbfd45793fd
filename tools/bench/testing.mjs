/** What of libs/testing is used here, from the build: these programs are not compiled themselves. */
import { createRequire } from 'node:module';

export const { freePort, seededRandom, startRedis } = createRequire(import.meta.url)(
  '../../dist/libs/testing/src/index.js',
);
