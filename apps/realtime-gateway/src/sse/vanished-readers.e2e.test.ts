/**
 * Goal    a reader of an event stream that vanishes without closing it is found as a socket would be, though it answers nothing.
 * Method  a gateway and its readers in a network of their own, in which the way to some of the readers is taken
 *         away. Needs unshare, ip and the right to use them, and is left out where these are not to be had.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../../..');
const PROGRAM = join(ROOT, 'dist/apps/realtime-gateway/src/sse/testing/vanishing-readers.js');
const UP = 'ip link set lo up';
const inOwnNetwork = (script: string): string[] => ['-r', '-n', 'sh', '-c', script];

const canMakeNetworks = spawnSync('unshare', inOwnNetwork(UP)).status === 0;
const whereThatCanBe = canMakeNetworks ? it : it.skip;

interface Found {
  readonly seconds: number;
  readonly present: unknown;
  readonly open: number;
  readonly vanished: number;
}

async function find(settings: Record<string, string>): Promise<Found> {
  const script = `${UP} && exec '${process.execPath}' '${PROGRAM}' '${JSON.stringify(settings)}'`;
  const child = spawn('unshare', inOwnNetwork(script), { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await once(child, 'close');
  return JSON.parse(printed) as Found;
}

describe('readers that vanish', () => {
  whereThatCanBe.each([
    ['short times', { PING_INTERVAL_MS: '300', PONG_TIMEOUT_MS: '400' }],
    ['the times that are preset', {}],
  ])(
    'are found, and their viewers counted out, with %s',
    async (_, settings) => {
      const { seconds, ...found } = await find(settings);
      process.stdout.write(`vanished readers found after ${seconds.toFixed(1)} s\n`);
      expect(found).toEqual({ present: { viewers: 1, connections: 1 }, open: 1, vanished: 2 });
    },
    60_000,
  );
});
