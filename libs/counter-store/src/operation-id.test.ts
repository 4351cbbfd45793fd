import { parseOperationId } from '@headcount/protocol';
import { keyedOperation } from './operation-id.js';

const idOf = (...of: Parameters<typeof keyedOperation>): string => keyedOperation(...of).id;

describe('the id of a keyed operation', () => {
  it('is the same for the same caller, page and key, in every region and version', () => {
    expect(idOf('viewer ann', 'home', '1')).toBe(idOf('viewer ann', 'home', '1'));
    expect([
      idOf('viewer ann', 'home', '1'),
      idOf('service cms', 'home', '1'),
      idOf(null, 'home', '1'),
    ]).toMatchInlineSnapshot(`
      [
        " v11n9z7vIbDsyNPNp38ASNWblyVl2z",
        " s7RJtboEZcH2WOldnMFh0Zh",
        " a3UNrcduXSych7bK-MNd5eJ",
      ]
    `);
  });

  it('is another for another caller, page, key or place, however alike they are', () => {
    const ids = [
      idOf('viewer ann', 'home', '1'),
      idOf('viewer bob', 'home', '1'),
      idOf('service ann', 'home', '1'),
      idOf(null, 'home', '1'),
      idOf('viewer ann', 'news', '1'),
      idOf('viewer ann', 'home', '2'),
      idOf('viewer ann', 'home', '1', 0),
      idOf('viewer ann', 'home', '1', 1),
      idOf('viewer ann', 'home', '1.0'),
      idOf('viewer ann', 'home', '1.1'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is no key that a client may send, and no id of an event', () => {
    for (const caller of ['viewer ann', 'service cms', null]) {
      const id = idOf(caller, 'home', 'x'.repeat(128), 999);
      expect(parseOperationId(id).ok).toBe(false);
      expect(id.length).toBeLessThanOrEqual(31);
    }
  });

  it('begins alike for all operations of a viewer, so that they can be counted', () => {
    const begins = ['1', '2', '3'].map((key) => idOf('viewer ann', 'home', key).slice(0, 9));
    expect(new Set(begins).size).toBe(1);
    expect(begins[0]).toMatch(/^ v[0-9a-z]{7}$/);
  });
});

describe('the former id of a keyed operation', () => {
  it('is the key itself, with its place in a batch', () => {
    expect(keyedOperation('viewer ann', 'home', 'k').formerId).toBe('k');
    expect(keyedOperation('viewer ann', 'home', 'k', 7).formerId).toBe('k.7');
  });

  it('is never that of an event', () => {
    expect(keyedOperation('viewer ann', 'home', 'event:digest').formerId).toBeNull();
  });
});
