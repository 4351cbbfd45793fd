/**
 * One (region, incarnation, bucket, seq) never has two contents, and neither has one (region, incarnation, bucket, rev):
 * every one that is seen anywhere is kept and compared.
 */
import type { Publication } from '../redis/real-redis.js';
import type { RawBucket } from './raw-bucket.js';

/** Parts of a row in a publication: key, viewers, connections, durable, updated, rev. */
const ROW = 6;

export class Contents {
  private readonly seen = new Map<string, string>();

  /** Takes in a publication; gives what is wrong. */
  published(region: string, { channel, message }: Publication): string[] {
    const [incarnation, , , rows] = JSON.parse(message) as [string, string, string, string[]];
    const wrong: string[] = [];
    for (let at = 0; at < rows.length; at += ROW) {
      const content = rows.slice(at, at + ROW - 1).join(' ');
      wrong.push(...this.see(`${region} ${channel} ${incarnation} rev ${rows[at + 5]}`, content));
    }
    return wrong;
  }

  /** Takes in what stands in a bucket. */
  stands(region: string, raw: RawBucket): string[] {
    const wrong: string[] = [];
    const at = `bucket ${raw.bucket}`;
    const own = `${region}/${raw.meta.get('incarnation') ?? ''}`;
    const begun = Number(raw.meta.get('begun') ?? 0);
    const seeSeq = (writer: string, seq: number, content: string): void => {
      wrong.push(...this.see(`${at} ${writer} seq ${seq}`, content));
    };
    for (const [key, { viewers, connections, seq }] of raw.registers)
      seeSeq(own, seq, `${key} shows ${viewers},${connections}`);
    for (const [key, registers] of raw.foreign) {
      for (const [name, { incarnation, seq, viewers, connections }] of registers)
        seeSeq(`${name}/${incarnation}`, seq, `${key} shows ${viewers},${connections}`);
    }
    for (const [key, writers] of raw.written) {
      for (const [writer, { up, down, seq }] of writers) {
        // What an ended incarnation has written stands here under no name until the next write.
        if (writer !== '') seeSeq(writer, seq, `${key} has ${up},${down}`);
        else if (seq > begun) seeSeq(own, seq, `${key} has ${up},${down}`);
      }
    }
    return wrong;
  }

  private see(place: string, content: string): string[] {
    const before = this.seen.get(place);
    this.seen.set(place, content);
    if (before === undefined || before === content) return [];
    return [`${place} has two contents: ${before}, and ${content}`];
  }
}
