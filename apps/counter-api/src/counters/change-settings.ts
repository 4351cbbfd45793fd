import { counterPatternsSetting, numberSetting } from '@headcount/platform';

/** Which changes of counters are taken from whom. */
export const changeSettings = {
  AMOUNT_MAX: numberSetting(
    'Largest amount of one change of a counter. Tokens of users allow 1 unless USER_RIGHTS or a claim says more.',
    { min: 1, max: Number.MAX_SAFE_INTEGER, default: 1_000_000 },
  ),
  VOTED_COUNTERS: counterPatternsSetting({
    description:
      'Counters that users vote on, separated by commas. `poll.*` stands for all that begin with `poll.`. Only services may change them otherwise. Default: none.',
    example: 'likes,poll.*',
  }),
};
