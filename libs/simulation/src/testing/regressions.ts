/** Seeds that have failed once, and what they found. They are run with every test, for as long as they draw the same. */
export const REGRESSIONS: readonly (readonly [seed: number, found: string])[] = [
  [21, 'an increment was acknowledged that only the Redis before a promotion had'],
  [26, 'an increment was acknowledged that only the Redis before a promotion had'],
  [3, 'a row that moved on between two parts took what had changed of it before along unsaid'],
  [119, 'a row that moved on between two parts took what had changed of it before along unsaid'],
  [196, 'a row that moved on between two parts took what had changed of it before along unsaid'],
  [392, 'a record without its increment took the place of another that was counted'],
  [458, 'a record without its increment took the place of another that was counted'],
  [477, 'a record without its increment took the place of another that was counted'],
  [480, 'an amount was taken back whose increment was lost'],
  [1041, 'a subscriber stayed stale, as the bucket was unsubscribed while somebody joined it'],
  [1157, 'a subscriber stayed stale, as the bucket was unsubscribed while somebody joined it'],
  [1181, 'a retirement was forgotten with the Redis that had it'],
  [
    2204,
    'whole state told of an increment before the record of its operation, which then counted twice',
  ],
  [3794, 'a subscriber stayed stale, as the bucket was unsubscribed while somebody joined it'],
  [4762, 'a retirement was forgotten with the Redis that had it'],
];
