/**
 * An attack: its `name`, `finding` (of the security review; 0 where it is ours), `begin(target)` which resolves with the state of
 * one lane, `once(state, nth)` which attacks once and resolves with an outcome, `expected`, which the outcome of the first
 * attack must match, and `concurrency`, the number of lanes.
 * A target: { api, gateway, live, notification, users, apiKey, lane }. `users` are tokens by name: `plain` has no claims,
 * `writer` may change every counter, `full` follows many pages.
 */
import { ATTACKER, Caller } from '../http.mjs';
import { HostileSocket } from '../sockets.mjs';

/** An attack over HTTP as one user; `user` undefined: without a token. */
export function overHttp(name, { finding = 0, user, expected, concurrency, act }) {
  return {
    name,
    finding,
    expected,
    concurrency,
    begin: async (target) => ({
      ...target,
      caller: new Caller({ localAddress: ATTACKER, token: user && target.users[user] }),
    }),
    once: act,
  };
}

/** The same operation, or another one each time, at one GraphQL endpoint. `make(nth, target)` gives [query, variables, name]. */
export function graphqlAttack(name, { app = 'api', make, ...more }) {
  return overHttp(name, {
    ...more,
    act: (state, nth) => state.caller.graphql(state[app], ...make(nth, state)),
  });
}

/** An attack on sockets that stay open: each lane keeps as many as it was let in with, and attacks on the newest. */
export function overSocket(name, { finding = 0, user = 'plain', expected, concurrency = 8, act }) {
  return {
    name,
    finding,
    expected,
    concurrency,
    begin: async (target) => ({ ...target, socket: null }),
    async once(state, nth) {
      if (state.socket === null || state.socket.closed !== null) {
        state.socket = await HostileSocket.open(state.live, state.users[user]);
        if (state.socket.closed !== null) return `closed ${state.socket.closed}`;
      }
      return act(state.socket, nth, state);
    },
  };
}

/** `count` texts. */
export const many = (count, text) => Array.from({ length: count }, (_, at) => text(at));
