import fc from 'fast-check';
import {
  LOOKS,
  LOOKS_ALONE,
  NEVER_LOOKED,
  observe,
  type Heartbeat,
  type Liveness,
} from './liveness.js';

const PERIOD_MS = 2000;

/** Looks at a steady rhythm; returns the look (from 1) at which `instance` is dead, or null. */
function deadAt(
  instance: string,
  looks: readonly ReadonlyMap<string, Heartbeat>[],
  gapMs: (look: number) => number = () => PERIOD_MS,
): number | null {
  let liveness: Liveness = NEVER_LOOKED;
  let atMs = 0;
  for (const [place, heartbeats] of looks.entries()) {
    atMs += gapMs(place);
    const { after, dead } = observe(liveness, { atMs, heartbeats }, PERIOD_MS);
    if (dead.has(instance)) return place + 1;
    liveness = after;
  }
  return null;
}

const silentBesideMoving = (count: number) =>
  Array.from(
    { length: count },
    (_, look) =>
      new Map<string, Heartbeat>([
        ['silent', 5],
        ['moving', look],
      ]),
  );
const alone = (count: number) =>
  Array.from({ length: count }, () => new Map<string, Heartbeat>([['silent', 5]]));

describe('liveness', () => {
  it('holds an instance for dead after four unchanged looks while another moves', () => {
    expect(deadAt('silent', silentBesideMoving(10))).toBe(LOOKS);
  });

  it('takes twice as many looks where no other instance moves', () => {
    expect(deadAt('silent', alone(20))).toBe(LOOKS_ALONE);
  });

  it('treats absence like any other heartbeat', () => {
    const looks = silentBesideMoving(10).map(
      (look) => new Map<string, Heartbeat>([...look, ['silent', null]]),
    );
    expect(deadAt('silent', looks)).toBe(LOOKS);
  });

  it('starts all counts again when the looker was asleep for more than two periods', () => {
    const gap = (look: number) => (look === 3 ? 2 * PERIOD_MS + 1 : PERIOD_MS);
    expect(deadAt('silent', silentBesideMoving(10), gap)).toBe(3 + LOOKS);
  });

  it('never holds a moving instance for dead', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 50, size: 'max' }),
        (steps) => {
          let heartbeat = 0;
          let still = 0;
          const looks = steps.map((step) => {
            still = step === 0 ? still + 1 : 0;
            // It moves at the latest in the look that would be its fourth unchanged one.
            if (still >= LOOKS - 1) [heartbeat, still] = [heartbeat + 1, 0];
            heartbeat += step;
            return heartbeat;
          });
          const seen = looks.map(
            (own, look) =>
              new Map<string, Heartbeat>([
                ['own', own],
                ['other', look],
              ]),
          );
          expect(deadAt('own', seen)).toBeNull();
        },
      ),
    );
  });
});
