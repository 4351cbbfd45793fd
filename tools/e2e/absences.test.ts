import { absencesOf } from './absences.js';

const shown = (...counts: readonly (readonly [number, number])[]) =>
  counts.map(([atMs, count]) => ({ atMs, count }));

describe('absencesOf', () => {
  it('knows of none where the viewer was there all the time', () => {
    expect(absencesOf([])).toEqual([]);
    expect(absencesOf(shown([0, 1], [50, 1]))).toEqual([]);
  });

  it('measures from the first empty showing to the next that is not', () => {
    expect(absencesOf(shown([0, 1], [10, 0], [20, 0], [35, 1], [90, 0], [91, 1]))).toEqual([25, 1]);
  });

  it('takes who is not back at the end for gone for ever', () => {
    expect(absencesOf(shown([0, 1], [10, 0]))).toEqual([Infinity]);
  });
});
