/**
 * Goal    a test can have several regions of real processes that it parts and rejoins, and nothing of them is left.
 * Method  the built apps, looked at from outside.
 */
import { startRegions, type Regions } from './start-regions.js';

jest.setTimeout(60_000);

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/health/live`)).ok;
  } catch {
    return false;
  }
};
const urlsOf = ({ systems }: Regions): string[] =>
  systems.flatMap(({ counterApis, gateways }) =>
    [...counterApis, ...gateways].map(({ url }) => url),
  );

describe('startRegions', () => {
  it('brings up whole regions, each with a Redis of its own, and takes all of them down', async () => {
    const regions = await startRegions({ names: ['one', 'two'] });
    const urls = urlsOf(regions);
    expect(new Set(urls).size).toBe(4);
    await expect(Promise.all(urls.map(answers))).resolves.toEqual(urls.map(() => true));
    const redises = regions.systems.map(({ redis }) => redis.url);
    expect(new Set(redises).size).toBe(2);
    expect(regions.named('two')).toBe(regions.systems[1]);
    expect(() => regions.named('three')).toThrow('There is no region three');
    await regions.stop();
    await expect(Promise.all(urls.map(answers))).resolves.toEqual(urls.map(() => false));
  });

  it('leaves nothing behind where a region does not come up', async () => {
    await expect(startRegions({ env: { SYNC_INTERVAL_MS: 'often' } })).rejects.toThrow(
      /SYNC_INTERVAL_MS/,
    );
  });
});
