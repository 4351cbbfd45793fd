/** What holds of a Redis at every moment: registers and totals are the sums of their entries, and nothing is negative. */
import type { RawBucket } from './raw-bucket.js';

/** What is wrong; nothing where all is right. */
export function wrongSums(region: string, { bucket, ...raw }: RawBucket): string[] {
  const wrong: string[] = [];
  const at = `${region} bucket ${bucket}`;
  const sums = new Map<string, { viewers: number; connections: number }>();
  for (const [gateway, entries] of raw.entries) {
    for (const [key, { viewers, connections }] of entries) {
      if (!(viewers >= 0) || !(connections >= viewers))
        wrong.push(`${at}: ${gateway} holds ${viewers},${connections} of ${key}`);
      const sum = sums.get(key) ?? { viewers: 0, connections: 0 };
      sums.set(key, {
        viewers: sum.viewers + viewers,
        connections: sum.connections + connections,
      });
    }
  }
  for (const key of new Set([...sums.keys(), ...raw.registers.keys()])) {
    const sum = sums.get(key) ?? { viewers: 0, connections: 0 };
    const held = raw.registers.get(key) ?? { viewers: 0, connections: 0 };
    if (held.viewers !== sum.viewers || held.connections !== sum.connections)
      wrong.push(
        `${at}: the register of ${key} is ${show(held)}, its entries come to ${show(sum)}`,
      );
  }
  const voters = votersOf(raw.votes);
  for (const [key, poll] of raw.polls) {
    const held = raw.votes.get(key)?.size ?? 0;
    if (poll.votes !== held || poll.voters !== (voters.get(key) ?? 0))
      wrong.push(
        `${at}: ${key} is said to have ${poll.voters} voters and ${poll.votes} votes, it has ${voters.get(key)} and ${held}`,
      );
  }
  for (const key of new Set([...raw.totals.keys(), ...voters.keys()])) {
    const total = raw.totals.get(key) ?? 0;
    // What was set is large: on the way the sum may pass 2^53.
    let sum = BigInt(voters.get(key) ?? 0) - (raw.voids.get(key) ?? 0n);
    for (const { up, down } of raw.written.get(key)?.values() ?? [])
      sum += BigInt(up) - BigInt(down);
    if (sum !== BigInt(total))
      wrong.push(`${at}: the total of ${key} is ${total}, its entries come to ${sum}`);
  }
  return wrong;
}

/** How many voters each counter has: those of its own, and those who have chosen it. */
export function votersOf(votes: RawBucket['votes']): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [counter, voters] of votes) {
    for (const { length, choice } of voters.values()) {
      if (length % 2 === 0) continue;
      for (const key of choice === '' ? [counter] : [counter, `${counter}:${choice}`])
        sums.set(key, (sums.get(key) ?? 0) + 1);
    }
  }
  return sums;
}

const show = ({ viewers, connections }: { viewers: number; connections: number }): string =>
  `${viewers} viewers on ${connections} connections`;
