import { nextState, type LiveEvent, type LiveState } from './live-state.js';

const after = (...events: LiveEvent[]): LiveState =>
  events.reduce<LiveState>(nextState, 'connecting');

describe('nextState', () => {
  it('is live from a value on, until the connection closes', () => {
    expect(after('value')).toBe('live');
    expect(after('value', 'closed')).toBe('connecting');
  });

  it('is offline once an attempt has failed, and stays so through further ones', () => {
    expect(after('closed')).toBe('offline');
    expect(after('value', 'closed', 'closed', 'closed')).toBe('offline');
  });

  it('is live again with the next value', () => {
    expect(after('closed', 'closed', 'value')).toBe('live');
  });

  it('is offline when it is refused', () => {
    expect(after('value', 'refused')).toBe('offline');
  });
});
