import { keptViewerId, type ViewerStorage } from './viewer-id.js';

function memory(): ViewerStorage {
  const held = new Map<string, string>();
  return {
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, value),
  };
}

const refuse = (): never => {
  throw new DOMException('denied', 'SecurityError');
};

describe('keptViewerId', () => {
  it('makes a random id once and keeps it', () => {
    const storage = memory();
    const first = keptViewerId(() => storage);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(keptViewerId(() => storage)).toBe(first);
    expect(keptViewerId(memory)).not.toBe(first);
  });

  it.each([
    ['there is no storage', () => undefined],
    ['storage may not be asked for', refuse],
    ['storage may not be read', () => ({ getItem: refuse, setItem: refuse })],
    ['storage is full', () => ({ getItem: () => null, setItem: refuse })],
  ])('gives an id where %s', (_, storage) => {
    expect(keptViewerId(storage)).toMatch(/^[0-9a-f]{32}$/);
  });
});
