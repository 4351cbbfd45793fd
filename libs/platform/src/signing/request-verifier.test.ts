import { createHash } from 'node:crypto';
import { SIGNATURE_HEADERS, signingInput, type InstanceId } from '@headcount/protocol';
import { systemIds } from '../sources.js';
import { Keyring } from './keyring.js';
import { RequestVerifier, type SignedRequest } from './request-verifier.js';

const keyring = new Keyring([{ id: 'k1', secret: 'a secret for this test' }], 'gateway');
const me = systemIds.instanceId();
const sender = systemIds.instanceId();

interface Said {
  readonly from?: InstanceId;
  readonly to?: InstanceId | '-';
  readonly number?: number;
  readonly keyId?: string;
}

/** A request signed as it should be. */
function signed(said: Said = {}): SignedRequest {
  const { from = sender, to = me, number = 1, keyId = 'k1' } = said;
  const [method, path, body] = ['POST', '/internal/v1/sync', Buffer.from('{}')];
  const hash = createHash('sha256').update(body).digest('hex');
  const mac = keyring.sign(signingInput(method, path, { from, to, number }, hash));
  const headers: Record<string, string> = {
    [SIGNATURE_HEADERS.key]: keyId,
    [SIGNATURE_HEADERS.from]: from,
    [SIGNATURE_HEADERS.to]: to,
    [SIGNATURE_HEADERS.number]: String(number),
    [SIGNATURE_HEADERS.signature]: mac.toString('base64url'),
  };
  return { method, path, header: (name) => headers[name], body };
}

describe('a verifier of requests', () => {
  it('lets each request in once, in rising number', () => {
    const verifier = new RequestVerifier({ me, keyring });
    expect(verifier.take(signed({ number: 2 }))).toEqual({ ok: true, value: sender });
    expect(verifier.take(signed({ number: 2 }))).toEqual({ ok: false, error: 'REPLAYED' });
    expect(verifier.take(signed({ number: 1 }))).toEqual({ ok: false, error: 'REPLAYED' });
    expect(verifier.take(signed({ number: 9 })).ok).toBe(true);
  });

  it('counts for each sender alone', () => {
    const verifier = new RequestVerifier({ me, keyring });
    expect(verifier.take(signed({ number: 5 })).ok).toBe(true);
    expect(verifier.take(signed({ number: 1, from: systemIds.instanceId() })).ok).toBe(true);
  });

  it.each([
    ['method', { ...signed(), method: 'PUT' }],
    ['path', { ...signed(), path: '/internal/v1/feed' }],
    ['query', { ...signed(), path: '/internal/v1/sync?a' }],
    ['body', { ...signed(), body: Buffer.from('{} ') }],
    ['key', signed({ keyId: 'k2' })],
    ['headers', { ...signed(), header: () => undefined }],
  ])('refuses a request with another %s than was signed', (_, request) => {
    const verifier = new RequestVerifier({ me, keyring });
    expect(verifier.take(request)).toEqual({ ok: false, error: 'BAD_SIGNATURE' });
    // What was refused took no number from the honest one.
    expect(verifier.take(signed()).ok).toBe(true);
  });

  it('refuses what is meant for another, and for nobody known yet', () => {
    const verifier = new RequestVerifier({ me, keyring });
    for (const to of [systemIds.instanceId(), '-'] as const) {
      expect(verifier.take(signed({ to }))).toEqual({ ok: false, error: 'WRONG_RECEIVER' });
    }
  });

  it('refuses senders that it does not know, without a number taken', () => {
    let home: InstanceId | null = null;
    const verifier = new RequestVerifier({ me, keyring, knows: (from) => from === home });
    expect(verifier.take(signed())).toEqual({ ok: false, error: 'UNKNOWN_INSTANCE' });
    home = sender;
    expect(verifier.take(signed()).ok).toBe(true);
  });

  it('keeps the numbers of so many senders only, forgetting whom it heard least lately', () => {
    const verifier = new RequestVerifier({ me, keyring, sendersMax: 2 });
    const [first, second, third] = [1, 2, 3].map(() => systemIds.instanceId());
    if (!first || !second || !third) throw new Error('three senders');
    verifier.take(signed({ from: first, number: 1 }));
    verifier.take(signed({ from: second, number: 1 }));
    verifier.take(signed({ from: first, number: 2 }));
    verifier.take(signed({ from: third, number: 1 }));
    expect(verifier.take(signed({ from: first, number: 2 })).ok).toBe(false);
    expect(verifier.take(signed({ from: third, number: 1 })).ok).toBe(false);
    expect(verifier.take(signed({ from: second, number: 1 })).ok).toBe(true);
  });
});
