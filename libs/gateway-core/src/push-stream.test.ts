import { PushStream } from './push-stream.js';

/** A stream that has taken one push after the whole interest. */
function running(): PushStream {
  const stream = new PushStream();
  stream.begin();
  stream.begun(5);
  stream.push({ from: 5, to: 6 });
  return stream;
}

describe('PushStream', () => {
  it('has no position before the interest has been stated as a whole', () => {
    const stream = new PushStream();
    expect(stream.position).toBeNull();
    stream.begin();
    stream.begun(5);
    expect(stream.position).toBe(5);
  });

  it('follows pushes and finds a hole before one (I1)', () => {
    const stream = running();
    expect(stream.push({ from: 6, to: 8 })).toBe(true);
    expect(stream.push({ from: 9, to: 10 })).toBe(false);
    expect(stream.position).toBe(10);
  });

  it('takes the retry of a push, merged with newer values, for no hole', () => {
    const stream = running();
    expect(stream.push({ from: 5, to: 7 })).toBe(true);
    expect(stream.position).toBe(7);
  });

  it('keeps the pushes that overtake the answer to the whole interest', () => {
    const stream = new PushStream();
    stream.begin();
    expect(stream.push({ from: 1, to: 2 })).toBe(true);
    expect(stream.push({ from: 2, to: 3 })).toBe(true);
    stream.begun(1);
    expect(stream.position).toBe(3);
  });

  it('leaves out the last push of the stream that the whole interest has ended', () => {
    const stream = running();
    stream.begin();
    stream.push({ from: 6, to: 7 });
    stream.begun(1);
    expect(stream.position).toBe(1);
  });

  it('begins anew with a home that counts from lower', () => {
    const stream = running();
    stream.begin();
    stream.begun(0);
    expect(stream.position).toBe(0);
  });

  it('is confirmed by a home that has not yet heard of the last push taken, not by one before', () => {
    const stream = running();
    const { mark } = stream;
    stream.push({ from: 6, to: 9 });
    expect([null, 4, 5, 6, 9].map((position) => stream.confirms(mark, position))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it('has nothing to confirm before the interest was stated', () => {
    expect(new PushStream().confirms(null, null)).toBe(true);
  });
});
