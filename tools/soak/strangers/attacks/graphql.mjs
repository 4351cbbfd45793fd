/** Operations that cost far more than they seem to. */
import { Caller, ATTACKER } from '../http.mjs';
import { graphqlAttack, many, overHttp } from './kinds.mjs';

const aliases = (count, field) => many(count, (at) => `a${at}: ${field}`).join(' ');
const PAGES = many(1000, (at) => `p${at}`);
const TOO_COMPLEX = /^400 (TOO_COMPLEX|BAD_REQUEST)$|^429 TOO_MANY$/;
const BOUNDED = /^(200 ok|[24]00 TOO_COMPLEX|429 TOO_MANY)$/;
const pageEntities = (count, id) =>
  many(count, (at) => ({ __typename: 'Page', pageId: id ?? `p${at}` }));

const PROTOTYPE = `query($constructor: [ID!]! = [${PAGES.map((page) => `"${page}"`).join(' ')}]) { ${aliases(199, 'counters(pageIds: $constructor) { count }')} }`;
const COLLIDED = `($p: [ID!]!) { ${aliases(100, 'counters(pageIds: $p) { count }')} }`;

export const GRAPHQL = [
  graphqlAttack('a variable named like a property of every object', {
    finding: 1,
    make: () => [PROTOTYPE],
    expected: TOO_COMPLEX,
  }),
  graphqlAttack('presets under every name of Object.prototype', {
    finding: 1,
    make: (nth) => {
      const names = Object.getOwnPropertyNames(Object.prototype);
      const name = names[nth % names.length];
      return [PROTOTYPE.replaceAll('$constructor', `$${name}`)];
    },
    expected: TOO_COMPLEX,
  }),
  overHttp('an operation that is not found, under the key of a plan that is', {
    finding: 2,
    async act({ caller, api }, nth) {
      const plan = [`query A${COLLIDED}`, { p: ['x'] }];
      if (nth < 2) await caller.graphql(api, ...plan, 'A');
      return caller.graphql(api, `A${COLLIDED}`, { p: PAGES }, 'query');
    },
    expected: /^4\d\d /,
  }),
  graphqlAttack('names of operations of 60 kB', {
    finding: 2,
    make: (nth) => ['{ site { count } }', {}, `n${nth}${'x'.repeat(50_000)}`],
    expected: /^4\d\d /,
  }),
  graphqlAttack('the version of 1,000 counters, 14 times', {
    finding: 3,
    make: () => [
      `query($p: [ID!]!) { counters(pageIds: $p) { ${aliases(14, 'version')} } }`,
      { p: PAGES },
    ],
    expected: TOO_COMPLEX,
  }),
  graphqlAttack('1,000 entities with 7 counters each', {
    finding: 3,
    make: () => [
      `query($r: [_Any!]!) { _entities(representations: $r) { ... on Page { ${aliases(7, 'counter(name: "x") { count }')} } } }`,
      { r: pageEntities(1000) },
    ],
    expected: TOO_COMPLEX,
  }),
  graphqlAttack('199 series of 500 slots', {
    finding: 3,
    make: () => [
      `{ ${aliases(199, 'counterSeries(pageId: "a", name: "events", per: MINUTE, last: 500) { count }')} }`,
    ],
    expected: TOO_COMPLEX,
  }),
  graphqlAttack('what a user with many follows has not read, 50 times', {
    finding: 3,
    app: 'notification',
    user: 'full',
    make: () => [`{ ${aliases(50, 'unread { total }')} }`],
    expected: BOUNDED,
  }),
  graphqlAttack('the history of one page as 1,000 entities', {
    finding: 3,
    app: 'notification',
    user: 'plain',
    make: () => [
      `query($r: [_Any!]!) { _entities(representations: $r) { ... on Page { ${aliases(3, 'history(first: 1) { edges { node { title } } }')} } } }`,
      { r: pageEntities(1000, 'home') },
    ],
    expected: TOO_COMPLEX,
  }),
  graphqlAttack('1,000 counters again and again', {
    make: () => ['query($p: [ID!]!) { counters(pageIds: $p) { count } }', { p: PAGES }],
    expected: BOUNDED,
  }),
  graphqlAttack('another document each time', {
    make: (nth, { lane }) => [`{ a${lane}_${nth}: site { count connections updatedAt } }`],
    expected: BOUNDED,
  }),
  graphqlAttack('documents that nest 5,000 levels', {
    make: () => ['{a'.repeat(2000)],
    expected: /^4\d\d /,
  }),
  graphqlAttack('fragments that use each other 2^200 times', {
    make: () => [
      `{ ...f0 } ${many(200, (at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`).join(' ')} fragment f200 on Query { site { count } }`,
    ],
    expected: TOO_COMPLEX,
  }),
  graphqlAttack('fields that conflict, which takes the square of them', {
    make: () => [`{ ${many(1000, () => 'site { count }').join(' ')} }`],
    expected: TOO_COMPLEX,
  }),
  overHttp('batches of operations, and operations in forms', {
    async act({ caller, api }) {
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      await caller.ask('POST', `${api}/graphql`, 'query=%7Bsite%7Bcount%7D%7D', form);
      const list = many(1000, () => ({ query: '{ site { count } }' }));
      return caller.ask('POST', `${api}/graphql`, Buffer.from(JSON.stringify(list)));
    },
    expected: /^4\d\d /,
  }),
  {
    name: 'callers that go away before the answer',
    finding: 1,
    expected: /^gone$/,
    begin: async (target) => target,
    async once({ api }) {
      const caller = new Caller({ localAddress: ATTACKER });
      const query = 'query($p: [ID!]!) { counters(pageIds: $p) { count version } }';
      void caller.graphql(api, query, { p: PAGES });
      await new Promise((resolve) => setTimeout(resolve, 5));
      caller.close();
      return 'gone';
    },
  },
];
