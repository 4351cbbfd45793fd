/**
 * What all baselines have in common: they are told of changes over a connection of their own, a line of JSON each,
 * `{"pages":[…],"count":…}`, as a server would hear of them from Redis, and tell how much memory they use.
 */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { serveHelper } from '../helper.mjs';
import { countAfter } from './changes.mjs';
import { memoryInUse } from './memory-in-use.mjs';

/** The count of each page, as long as it has one. */
const counts = new Map();

export const countOf = (page) => counts.get(page) ?? countAfter(0);

/** Makes this process a baseline whose subscribers come to `port`; `publish(pages, count)` tells them of a change. */
export async function servePublisher(port, publish) {
  const feed = createServer((connection) => {
    createInterface({ input: connection }).on('line', (line) => {
      const { pages, count } = JSON.parse(line);
      for (const page of pages) counts.set(page, count);
      publish(pages, count);
    });
  });
  feed.listen(0, '127.0.0.1');
  await once(feed, 'listening');
  serveHelper({ port, feedPort: feed.address().port }, memoryInUse);
}
