/**
 * Cases `memory.*`: bytes of Redis a follow, each user following a hundred pages; fresh: of pages that were never modified,
 * marked: with a mark each. Theirs is a set of followers a page, and a hash of what was read a user.
 */
import { Redis } from 'ioredis';
import { digits, rowsOf } from '../rows.mjs';
import { startRedis } from '../testing.mjs';
import { followAll, openStores, usedMemory } from './stores.mjs';

const PAGES_EACH = 100;
const PAGES = 10_000;
const LIFE_ZERO = `local/${'0'.repeat(20)}`;
const MADE = { fresh: new Map(), marked: new Map([[LIFE_ZERO, 1000]]) };
export const MEMORY_CASES = Object.keys(MADE);

/** User `at` follows pages that lie apart. */
const followsOf = (at) => ({
  user: `user-${at}`,
  pages: Array.from({ length: PAGES_EACH }, (_, nth) => `page-${(at * 37 + nth * 101) % PAGES}`),
});

export async function runMemory(cases, { follows, say }) {
  const users = Math.ceil(follows / PAGES_EACH);
  const rows = [];
  for (const each of cases) {
    const ours = await oursOf(users, MADE[each]);
    const theirs = await theirsOf(users, each === 'fresh' ? 0 : 1000);
    say(`unread.memory.${each}: ${digits(ours)} B a follow, set and hash ${digits(theirs)} B`);
    const baseline = { key: 'set-and-hash', title: 'a set a page and a hash a user' };
    const figure = (bytes) => [{ 'each-memory': bytes }];
    rows.push(...rowsOf(`unread.memory.${each}`, figure(ours), baseline, figure(theirs)));
  }
  return rows;
}

async function oursOf(users, made) {
  const redis = await startRedis({ args: ['--appendonly', 'no'] });
  const stores = await openStores(redis);
  const before = await usedMemory(stores.redis);
  await followAll(stores, users, followsOf, made);
  const bytes = (await usedMemory(stores.redis)) - before;
  stores.close();
  await redis.stop();
  return bytes / (users * PAGES_EACH);
}

async function theirsOf(users, read) {
  const redis = await startRedis({ args: ['--appendonly', 'no'] });
  const client = new Redis(redis.url);
  const before = await usedMemory(client);
  for (let at = 0; at < users; at += 1) {
    const { user, pages } = followsOf(at);
    const pipeline = client.pipeline();
    for (const page of pages) pipeline.sadd(`followers:${page}`, user);
    pipeline.hset(`read:${user}`, ...pages.flatMap((page) => [page, read]));
    await pipeline.exec();
  }
  const bytes = (await usedMemory(client)) - before;
  client.disconnect();
  await redis.stop();
  return bytes / (users * PAGES_EACH);
}
