import { addressOf, withDefaults } from './wires.js';

describe('addressOf', () => {
  it.each([
    [undefined, '127.0.0.1:4000'],
    ['', '127.0.0.1:4000'],
    ['127.0.0.1', '127.0.0.1:4000'],
    ['0.0.0.0', '127.0.0.1:4000'],
    ['::', '[::1]:4000'],
    ['::1', '[::1]:4000'],
    ['10.0.0.7', '10.0.0.7:4000'],
    ['localhost', 'localhost:4000'],
  ])('reaches what listens on HOST %s at %s', (host, address) => {
    expect(addressOf({ host, port: 4000 })).toBe(address);
  });
});

describe('withDefaults', () => {
  it('fills in what is missing or empty, and leaves the rest as it is', () => {
    const env = { A: 'given', B: '', C: undefined, D: 'more' };
    const defaults = { A: 'a', B: 'b', C: 'c', E: 'e' };
    expect(withDefaults(env, defaults)).toEqual({
      A: 'given',
      B: 'b',
      C: 'c',
      D: 'more',
      E: 'e',
    });
  });
});
