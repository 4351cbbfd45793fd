import type { ViewerId } from '@headcount/protocol';
import { SightingsService } from './sightings.service.js';

const [ANN, BOB] = ['ann', 'bob'] as [ViewerId, ViewerId];

function bench() {
  const seen: string[] = [];
  const watched = new Set<string>([ANN, BOB]);
  const world = { seen, watched, isReady: true };
  const followers = {
    saw: async (userId: ViewerId) => {
      seen.push(userId);
      if (userId === BOB) throw new Error('Redis is away');
    },
    quiet: () => Promise.reject(new Error('nobody asks')),
  };
  const service = new SightingsService(
    { followers, isReady: () => world.isReady },
    { watchesUser: (userId) => watched.has(userId) },
  );
  return { world, service };
}

describe('sightings', () => {
  it('note a user at once, and again each minute while a gateway is told of the user', () => {
    const { world, service } = bench();
    service.note(ANN);
    service.note(ANN);
    service.again();
    expect(world.seen).toEqual([ANN, ANN]);
    world.watched.delete(ANN);
    service.again();
    world.watched.add(ANN);
    service.again();
    expect(world.seen).toEqual([ANN, ANN]);
    service.note(ANN);
    expect(world.seen).toHaveLength(3);
  });

  it('do without a store that is away', async () => {
    const { world, service } = bench();
    service.note(BOB);
    world.isReady = false;
    service.again();
    await new Promise((turnEnds) => setImmediate(turnEnds));
    expect(world.seen).toEqual([BOB]);
  });
});
