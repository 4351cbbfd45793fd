import { createHmac } from 'node:crypto';
import type { Writer } from '@headcount/crdt';
import { orThrow, parsePageId, parseViewerId } from '@headcount/protocol';
import { Keyring, deriveKey } from '../signing/keyring.js';
import { CURSOR_PAGES_MAX, ReadCursors } from './read-cursor.js';

const page = (id: string) => orThrow(parsePageId(id));
const ANN = orThrow(parseViewerId('ann'));
const BOB = orThrow(parseViewerId('bob'));
const writer = (life: number): Writer => `ams/${String(life).padStart(20, '0')}` as Writer;
const key = (id: string) => ({ id, secret: `secret of the key ${id}` });
const cursors = new ReadCursors(new Keyring([key('k1')], 'cursor'));
const refused = { ok: false, error: 'BAD_REQUEST' };

describe('a read cursor', () => {
  const made = new Map([
    [writer(1), 3],
    [writer(2), Number.MAX_SAFE_INTEGER],
  ]);
  const ofPage = cursors.ofPage(ANN, { pageId: page('home'), made });
  const ofAll = cursors.ofAll(ANN, [
    { pageId: page('home'), made },
    { pageId: page('news'), made: new Map([[writer(2), 1]]) },
  ]);

  it('says what was shown of the pages that it is for', () => {
    const one = orThrow(cursors.read(ANN, ofPage));
    expect([one.isWhole, one.of(page('home')), one.of(page('news'))]).toEqual([
      false,
      made,
      undefined,
    ]);
    const all = orThrow(cursors.read(ANN, ofAll));
    expect([all.isWhole, all.of(page('home')), all.of(page('news'))]).toEqual([
      true,
      made,
      new Map([[writer(2), 1]]),
    ]);
  });

  it('is for one user alone', () => {
    expect(cursors.read(BOB, ofAll)).toEqual(refused);
  });

  it('is refused with any sign changed, cut or added', () => {
    for (let at = 0; at < ofPage.length; at += 1) {
      const sign = ofPage[at] === 'A' ? 'B' : 'A';
      const forged = ofPage.slice(0, at) + sign + ofPage.slice(at + 1);
      const read = cursors.read(ANN, forged);
      // The last sign of base64url may have bits that stand for nothing.
      if (at < ofPage.length - 1) expect([at, read]).toEqual([at, refused]);
    }
    for (const forged of ['', '.', 'k1.', 'k1.AAAA', ofPage.slice(0, -1), `${ofPage}AAAA`])
      expect(cursors.read(ANN, forged)).toEqual(refused);
    expect(cursors.read(ANN, `k1.${'A'.repeat(100_000)}`)).toEqual(refused);
  });

  it('is good while its key is, and no longer', () => {
    const rotated = new ReadCursors(new Keyring([key('k2'), key('k1')], 'cursor'));
    expect(rotated.read(ANN, ofPage).ok).toBe(true);
    expect(new ReadCursors(new Keyring([key('k2')], 'cursor')).read(ANN, ofPage)).toEqual(refused);
    const other = new ReadCursors(
      new Keyring([{ id: 'k1', secret: 'another secret of it' }], 'cursor'),
    );
    expect(other.read(ANN, ofPage)).toEqual(refused);
  });

  it('of a version before keys had roles is read where the secret is known', () => {
    const [, rest = ''] = ofPage.split('.');
    const signed = Buffer.from(rest, 'base64url').subarray(0, -32);
    const mac = createHmac('sha256', key('k1').secret)
      .update('headcount read cursor\n')
      .update(signed)
      .digest();
    const old = `k1.${Buffer.concat([signed, mac]).toString('base64url')}`;
    expect(orThrow(cursors.read(ANN, old)).of(page('home'))).toEqual(made);
    const secret = deriveKey(key('k1').secret, 'cursor').toString('hex');
    const derived = new ReadCursors(new Keyring([{ id: 'k1', role: 'cursor', secret }], 'cursor'));
    expect(derived.read(ANN, ofPage).ok).toBe(true);
    expect(derived.read(ANN, old)).toEqual(refused);
  });

  it('of as many pages as there may be fits into a request', () => {
    const pages = Array.from({ length: CURSOR_PAGES_MAX + 1 }, (_, at) => ({
      pageId: page(`p${at}`),
      made: new Map([
        [writer(at % 1024), 1000 + at],
        [writer(5000 + (at % 1024)), 2000 + at],
      ]),
    }));
    const text = cursors.ofAll(ANN, pages);
    expect(text.length).toBeLessThan(60_000);
    const read = orThrow(cursors.read(ANN, text));
    expect(read.of(page('p7'))).toEqual(pages[7]?.made);
    expect(read.of(page(`p${CURSOR_PAGES_MAX}`))).toBeUndefined();
  });
});
