/** Votes are what the rule makes of all that was acknowledged, and the same in every region. */
import type { VoteLedger } from '../crowd/vote-ledger.js';
import type { Standing } from './convergence.js';
import type { RawVote } from './raw-bucket.js';

/** What is wrong; nothing where all is right. */
export function wrongVotes(ledger: VoteLedger, standing: Standing): string[] {
  const wrong: string[] = [];
  const held = new Map<string, Map<string, RawVote>>();
  for (const [region, buckets] of standing) {
    const here = new Map<string, RawVote>();
    for (const { votes } of buckets) {
      for (const [counter, voters] of votes) {
        const [page = ''] = counter.split(' ');
        for (const [voter, vote] of voters) here.set(`${page} ${voter}`, vote);
      }
    }
    held.set(region, here);
  }
  for (const key of ledger.keys()) {
    const shown = [...held].map(([region, here]) => [region, here.get(key)] as const);
    for (const [region, vote] of shown) {
      const fault = ledger.wrongWith(key, vote);
      if (fault !== null) wrong.push(`the vote of ${key} in ${region} ${fault}`);
    }
    const texts = shown.map(([region, vote]) => `${region} ${vote?.length} '${vote?.choice}'`);
    if (new Set(shown.map(([, vote]) => `${vote?.length} ${vote?.choice}`)).size > 1)
      wrong.push(`the regions differ on the vote of ${key}: ${texts.join(', ')}`);
  }
  return wrong;
}
