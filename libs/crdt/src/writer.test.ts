import { incarnation, region, writer } from './testing/writers.js';
import { incarnationOf, isWriter, regionNamed, regionOf, writerOf } from './writer.js';

describe('writer', () => {
  it('is a region in one of its incarnations, and says which', () => {
    const ams = writer('ams-1', 7);
    expect(regionOf(ams)).toBe('ams-1');
    expect(incarnationOf(ams)).toBe(incarnation(7));
  });

  it.each(['', 'AMS', 'a/b', 'a:b', 'å', 'a'.repeat(33), 'a\n'])(
    'refuses %j as the name of a region (W1)',
    (name) => {
      expect(regionNamed(name)).toEqual({ ok: false, error: 'BAD_REGION' });
    },
  );

  it.each(['', '0', 'G'.repeat(20), `${incarnation(1)}0`, incarnation(11).toUpperCase()])(
    'refuses %j as an incarnation (W1)',
    (text) => {
      expect(writerOf(region('ams'), text)).toEqual({ ok: false, error: 'BAD_INCARNATION' });
    },
  );

  it('tells the name of a writer from anything else', () => {
    expect(isWriter(writer('ams'))).toBe(true);
    for (const input of ['ams', `/${incarnation(1)}`, `ams/${incarnation(1)}/`, 7, null]) {
      expect(isWriter(input)).toBe(false);
    }
  });
});
