/** Mistakes that are planted into scripts, to see whether anybody finds them. */
import type { ScriptChange } from '../redis/real-redis.js';

export interface Planted {
  /** What is wrong now. */
  readonly mistake: string;
  readonly script: RegExp;
  readonly from: string;
  readonly to: string;
  /** The first seed that is tried: one from which on it is found soon. */
  readonly near: number;
  /** A part of what the first wrong observation says. */
  readonly seen: RegExp;
}

export const PLANTED: readonly Planted[] = [
  {
    mistake: 'a register is a viewer short where two come at once',
    script: /^gateway-apply$/,
    from: 'viewers = held.viewers + moreViewers,',
    to: 'viewers = held.viewers + math.min(moreViewers, 1),',
    near: 18,
    seen: /its entries come to/,
  },
  {
    mistake: 'a batch that comes again is added again',
    script: /^counters-add$/,
    from: 'local again = tonumber(number) <= tonumber(lastNumber)',
    to: 'local again = false',
    near: 36,
    seen: /are certain/,
  },
  {
    mistake: 'an operation id is not remembered',
    script: /^counters-add$/,
    from: "if known then return known:sub(1, #body + 1) == body .. ' ' and 'replayed' or 'OPERATION_ID_REUSED' end",
    to: '',
    near: 6,
    seen: /are certain/,
  },
  {
    mistake: 'an interval with a gap before it is taken',
    script: /^gateway-apply$/,
    from: "if from and stored < from then return answer('need') end",
    to: '',
    near: 34,
    seen: /stored is|holds/,
  },
  {
    mistake: 'a gateway that is gone is counted out of nothing',
    script: /^gateway-reap$/,
    from: 'presence_drop_others(bucket, index, entries, {}, now)',
    to: '',
    near: 4,
    seen: /who is gone|its entries come to/,
  },
  {
    mistake: 'a Redis that has forgotten goes on in the same incarnation',
    script: /./,
    from: 'if bucket.replid == replid and not behind then return bucket end',
    to: "if bucket.incarnation ~= '' then return bucket end",
    near: 3,
    seen: /two contents|is shown|are certain|differ|holds/,
  },
  {
    mistake: 'whole state is merged instead of replacing',
    script: /^gateway-apply$/,
    from: 'if not from then presence_drop_others(bucket, index, entries, mentioned, now) end',
    to: '',
    near: 91,
    seen: /stored is/,
  },
  {
    mistake: 'a later register of another region gives way to an earlier one',
    script: /^region-merge$/,
    from: 'if not is_covered(ours or merge.vector[name], theirs.incarnation, theirs.seq)',
    to: 'if true',
    near: 13,
    seen: /holds|two contents/,
  },
  {
    mistake: 'what has gone in another region stays',
    script: /^region-merge$/,
    from: 'if ours and is_covered(at, ours.incarnation, ours.seq) then',
    to: 'if false then',
    near: 1,
    seen: /holds/,
  },
  {
    mistake: 'an id under two writers counts twice',
    script: /^region-merge$/,
    from: 'durable_count(merge.bucket, key, counter, -tonumber(amount))',
    to: '',
    near: 1,
    seen: /come to|are certain/,
  },
  {
    mistake: 'one event of two writers is two modifications to whoever has not read them',
    script: /^region-merge$/,
    from: 'pairs_put(merge.bucket, record, keeper)',
    to: '',
    near: 9,
    seen: /are unread/,
  },
  {
    mistake: 'the following of a page never changes by what others tell',
    script: /^region-merge$/,
    from: 'if held.length ~= told.length then return held.length > told.length and held or told end',
    to: 'if held.length > 0 and held.length ~= told.length then return held end',
    near: 1,
    seen: /are unread|different unread/,
  },
  {
    mistake: 'what is joined of a follow is not passed on',
    script: /^region-merge$/,
    from: 'follow_put(bucket, index, user, page, held, joined)',
    to: "redis.call('HSET', follows_key(bucket, user), page, follow_text(joined))",
    near: 48,
    seen: /are unread|different unread/,
  },
  {
    mistake: 'an actor has read up to the modification before the own one',
    script: /^counters-add$/,
    from: 'int(counter.up + math.max(amount, 0))',
    to: 'int(counter.up)',
    near: 9,
    seen: /are unread/,
  },
  {
    mistake: 'modifications of an ended incarnation are taken for those of the present one',
    script: /^modifications-read$/,
    from: 'local life = bucket.shared and life_of(bucket, seq) or LIFE_ZERO',
    to: 'local life = bucket.shared and bucket.incarnation or LIFE_ZERO',
    near: 90,
    seen: /are unread|different unread/,
  },
  {
    mistake: 'what others tell of histories is not taken',
    script: /^region-merge$/,
    from: 'history_put(bucket, index, page, { id = entry[1], at = entry[2], json = entry[3] }, lengthMax)',
    to: '',
    near: 1,
    seen: /history|histories/,
  },
  {
    mistake: 'a vote that is joined is not counted',
    script: /^region-merge$/,
    from: '        votes_count(bucket, moves, touch)\n',
    to: '',
    near: 2,
    seen: /voters/,
  },
  {
    mistake: 'of two votes at once the one that was here stays',
    script: /^region-merge$/,
    from: 'return is_after(vote.choice, held.choice)',
    to: 'return false',
    near: 26,
    seen: /the vote of/,
  },
  {
    mistake: 'zeros are never swept',
    script: /^bucket-sweep$/,
    from: 'index_cut(bucket, index, cutRows)',
    to: '',
    near: 8,
    seen: /keeps a zero/,
  },
];

/** Plants a mistake. Throws where the script no longer says what is to be changed. */
export function planting({ script, from, to }: Planted): ScriptChange {
  return (name, source) => {
    if (!script.test(name)) return source;
    // Where every script is meant, those that have it.
    if (!source.includes(from) && script.source !== '.')
      throw new Error(`${name} does not say: ${from}`);
    return source.replace(from, () => to);
  };
}
