/** The realtime gateway as it is built, in a process that also tells how much memory it uses. */
import { createRequire } from 'node:module';
import { serveHelper } from '../helper.mjs';
import { memoryInUse } from './memory-in-use.mjs';

const { startRealtimeGateway } = createRequire(import.meta.url)(
  '../../../dist/apps/realtime-gateway/src/start.js',
);

await startRealtimeGateway(process.env);
serveHelper({}, memoryInUse);
