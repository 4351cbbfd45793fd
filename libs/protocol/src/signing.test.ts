import { parseInstanceId, type InstanceId } from './instance-id.js';
import {
  SIGNATURE_HEADERS,
  TO_UNKNOWN,
  admit,
  answerInput,
  readSignedHead,
  signingInput,
} from './signing.js';

const idOf = (digit: string): InstanceId => {
  const parsed = parseInstanceId(digit.repeat(32));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};
const me = idOf('b');
const head = { from: idOf('a'), to: me, number: 7 };
const signature = 'A'.repeat(43);

describe('what is signed', () => {
  it('is every part of the request, line by line', () => {
    expect(signingInput('POST', '/internal/v1/sync', head, 'ff')).toBe(
      `POST\n/internal/v1/sync\n${head.from}\n${me}\n7\nff`,
    );
  });
});

describe('what is signed of an answer', () => {
  it('is the request that it answers, and every part of the answer', () => {
    const answer = { status: 421, instance: me, bodyHash: 'ff' };
    expect(answerInput(signature, answer)).toBe(`ANSWER\n${signature}\n421\n${me}\nff`);
  });
});

describe('the headers of a signed request', () => {
  const good: Record<string, string> = {
    [SIGNATURE_HEADERS.key]: 'k1',
    [SIGNATURE_HEADERS.from]: head.from,
    [SIGNATURE_HEADERS.to]: me,
    [SIGNATURE_HEADERS.number]: '7',
    [SIGNATURE_HEADERS.signature]: signature,
  };
  const read = (headers: Record<string, string>) => readSignedHead((name) => headers[name]);

  it('claim who sends it to whom', () => {
    expect(read(good)).toEqual({ ok: true, value: { ...head, keyId: 'k1', signature } });
    expect(read({ ...good, [SIGNATURE_HEADERS.to]: '-' })).toMatchObject({
      value: { to: TO_UNKNOWN },
    });
  });

  it.each([
    [SIGNATURE_HEADERS.key, ''],
    [SIGNATURE_HEADERS.key, 'x'.repeat(17)],
    [SIGNATURE_HEADERS.from, '-'],
    [SIGNATURE_HEADERS.to, 'someone'],
    [SIGNATURE_HEADERS.number, '0'],
    [SIGNATURE_HEADERS.number, '-1'],
    [SIGNATURE_HEADERS.number, '07'],
    [SIGNATURE_HEADERS.number, '1e3'],
    [SIGNATURE_HEADERS.number, '9007199254740992'],
    [SIGNATURE_HEADERS.signature, 'A'.repeat(42)],
    [SIGNATURE_HEADERS.signature, `${'A'.repeat(42)}=`],
  ])('are a bad signature where %s is "%s"', (name, value) => {
    expect(read({ ...good, [name]: value })).toEqual({ ok: false, error: 'BAD_SIGNATURE' });
  });

  it.each(Object.values(SIGNATURE_HEADERS).slice(0, 5))(
    'are a bad signature without %s',
    (name) => {
      const rest = Object.entries(good).filter(([key]) => key !== name);
      expect(read(Object.fromEntries(rest))).toEqual({ ok: false, error: 'BAD_SIGNATURE' });
    },
  );
});

describe('a receiver', () => {
  it('takes what is newer than the last from the same sender', () => {
    expect(admit(head, me, 0).ok).toBe(true);
    expect(admit(head, me, 6).ok).toBe(true);
  });

  it('refuses what it has taken, and what came before', () => {
    expect(admit(head, me, 7)).toEqual({ ok: false, error: 'REPLAYED' });
    expect(admit(head, me, 8)).toEqual({ ok: false, error: 'REPLAYED' });
  });

  it('says first that a request is for another, since numbers count for each receiver', () => {
    expect(admit(head, idOf('c'), 8)).toEqual({ ok: false, error: 'WRONG_RECEIVER' });
    expect(admit({ ...head, to: TO_UNKNOWN }, me, 0)).toEqual({
      ok: false,
      error: 'WRONG_RECEIVER',
    });
  });
});
