import { Grants, type GrantedPatterns, type Subject } from '@headcount/platform';
import { HeadcountError, orThrow, parseCounterName, parsePageId } from '@headcount/protocol';
import { ChangeRights, type ChangeConfig } from './change-rights.js';

const user = (rights: GrantedPatterns): Subject => ({
  ...({ kind: 'viewer', id: 'ann', expiresAtMs: null, grants: Grants.of(rights) } as Subject),
});
const service = (rights: GrantedPatterns): Subject => ({
  ...{ kind: 'service', name: 'cms', grants: Grants.of(rights) },
});
const rightsWith = (config: Partial<ChangeConfig> = {}): ChangeRights =>
  new ChangeRights({ AUTH: 'jwt', AMOUNT_MAX: 100, VOTED_COUNTERS: ['poll', 'like*'], ...config });

const ref = (pageId: string, name: string) => ({
  pageId: orThrow(parsePageId(pageId)),
  name: orThrow(parseCounterName(name)),
});
/** The code and sentence of a refusal, or null. */
const refusalOf = (make: () => unknown): [string, string | undefined] | null => {
  try {
    make();
    return null;
  } catch (thrown) {
    if (!(thrown instanceof HeadcountError)) throw thrown;
    return [thrown.code, thrown.detail];
  }
};

describe('the right to change a counter', () => {
  const change = (caller: Subject, name: string, amount = 1, config?: Partial<ChangeConfig>) =>
    refusalOf(() => rightsWith(config).change(caller, ref('home', name), amount));

  it('is what the patterns of the caller grant, and nothing without them', () => {
    expect(change(user({ counters: ['visits'] }), 'visits')).toBeNull();
    expect(change(user({ counters: ['home visits'] }), 'visits')).toBeNull();
    for (const caller of [user({}), user({ counters: ['x visits'] }), service({})])
      expect(change(caller, 'visits')).toEqual([
        'FORBIDDEN',
        'The token does not grant write access to this counter.',
      ]);
  });

  it.each([
    [1, null],
    [5, null],
    [-5, null],
    [6, ['FORBIDDEN', 'The token allows amounts from 1 to 5.']],
    [-6, ['FORBIDDEN', 'The token allows amounts from 1 to 5.']],
    [101, ['BAD_AMOUNT', 'The amount must be a whole number from 1 to 100.']],
    [-101, ['BAD_AMOUNT', 'The amount must be a whole number from 1 to 100.']],
  ])('by %d is within what the caller and AMOUNT_MAX allow, or refused', (amount, refusal) => {
    expect(change(user({ counters: ['*'], amount: 5 }), 'visits', amount)).toEqual(refusal);
  });

  it('is bounded by AMOUNT_MAX where the caller may do everything', () => {
    const anybody: Subject = { kind: 'anonymous', grants: Grants.ALL };
    expect(change(anybody, 'visits', 100, { AUTH: 'off' })).toBeNull();
    expect(change(anybody, 'visits', 101, { AUTH: 'off' })?.[0]).toBe('BAD_AMOUNT');
  });

  it.each(['poll', 'likes', 'poll:red', 'likes:a:b'])(
    'of %s, which takes votes, is for services alone',
    (name) => {
      const counters = ['*'];
      expect(change(user({ counters }), name)?.[0]).toBe('FORBIDDEN');
      expect(change(service({ counters }), name)).toBeNull();
      expect(change(user({ counters, scopes: ['users:act'] }), name)).toBeNull();
      expect(change(user({ counters }), name, 1, { AUTH: 'off' })).toBeNull();
      expect(change(user({ counters }), name, 1, { VOTED_COUNTERS: undefined })).toBeNull();
    },
  );
});

describe('the right to vote on a counter', () => {
  const vote = (caller: Subject, name: string, pageId = 'home') => {
    const counter = ref(pageId, name);
    return refusalOf(() => rightsWith().vote(caller, counter, counter.name))?.[0] ?? null;
  };

  it('is that of VOTED_COUNTERS on the pages of the caller where its claims do not say', () => {
    expect(vote(user({}), 'poll')).toBeNull();
    expect(vote(user({}), 'visits')).toBe('FORBIDDEN');
    expect(vote(user({ counters: ['visits'] }), 'visits')).toBe('FORBIDDEN');
    expect(vote(user({ pages: ['blog/*'] }), 'poll')).toBe('FORBIDDEN');
    expect(vote(user({ pages: ['blog/*'] }), 'poll', 'blog/1')).toBeNull();
  });

  it('is what the claim votes says where there is one', () => {
    expect(vote(user({ votes: [] }), 'poll')).toBe('FORBIDDEN');
    expect(vote(user({ votes: ['blog/* stars'] }), 'stars', 'blog/1')).toBeNull();
    expect(vote(user({ votes: ['blog/* stars'] }), 'stars')).toBe('FORBIDDEN');
    expect(vote(user({ votes: ['stars'], pages: [] }), 'stars')).toBe('FORBIDDEN');
  });

  it('is nobody’s on the counter of a choice, where a voter would count twice', () => {
    expect(vote(service({ votes: ['*'] }), 'poll:red')).toBe('BAD_COUNTER_NAME');
    expect(vote(user({}), 'likes:a')).toBe('BAD_COUNTER_NAME');
    expect(vote(service({ votes: ['*'] }), 'stars:5')).toBeNull();
  });
});
