import { PresenceBook, type PresenceChange } from '@headcount/gateway-core';
import { SITE, type PageId, type ViewerId } from '@headcount/protocol';
import { MOVE_MS, Presence } from './presence.js';
import type { Visitor } from './visitor.js';

const [home, shop] = ['/', '/shop'] as [PageId, PageId];
const visitor = (socketId: number, viewerId = `viewer ${socketId}`): Visitor =>
  ({ socketId, viewerId: viewerId as ViewerId }) as Visitor;
const [ada, bob] = [visitor(1), visitor(2)];

describe('Presence', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** What is told of SITE, value after value. */
  function observed(): { presence: Presence; site: number[]; change: jest.Mock } {
    const site: number[] = [];
    const change = jest.fn((changes: readonly PresenceChange[]) => {
      for (const { pageId, presence } of changes) if (pageId === SITE) site.push(presence.viewers);
    });
    const gauge = { set: jest.fn() };
    const metrics = { sessions: gauge, pages: gauge };
    return { presence: new Presence(new PresenceBook(), { change }, metrics), site, change };
  }

  it('tells of no gap on the site where a visitor leaves one page before it comes to the next', () => {
    const { presence, site } = observed();
    const leave = presence.join(ada, home);
    leave();
    expect(presence.viewersOn(home)).toBe(0);
    jest.advanceTimersByTime(MOVE_MS - 1);
    presence.join(ada, shop);
    jest.advanceTimersByTime(10 * MOVE_MS);
    expect(site).toEqual([1]);
  });

  it('counts it out on the site when it has come to no other for that long', () => {
    const { presence, site } = observed();
    presence.join(ada, home)();
    jest.advanceTimersByTime(MOVE_MS - 1);
    expect(site).toEqual([1]);
    jest.advanceTimersByTime(1);
    expect(site).toEqual([1, 0]);
  });

  it('begins to wait anew with each page that is the last', () => {
    const { presence, site } = observed();
    presence.join(ada, home)();
    jest.advanceTimersByTime(MOVE_MS - 1);
    presence.join(ada, shop)();
    jest.advanceTimersByTime(MOVE_MS - 1);
    expect(site).toEqual([1]);
    jest.advanceTimersByTime(1);
    expect(site).toEqual([1, 0]);
  });

  it('counts a visitor out at once when its socket closes, and waits for nothing more', () => {
    const { presence, site } = observed();
    presence.join(bob, home);
    presence.join(ada, home)();
    const leaveShop = presence.join(ada, shop);
    presence.leave(ada);
    expect(site).toEqual([1, 2, 1]);
    leaveShop();
    expect([site, jest.getTimerCount()]).toEqual([[1, 2, 1], 0]);
  });

  it('ends a session once, however often it is ended', () => {
    const { presence, change } = observed();
    const leave = presence.join(ada, home);
    presence.join(ada, home);
    leave();
    leave();
    expect(presence.viewersOn(home)).toBe(1);
    expect(change).toHaveBeenLastCalledWith([]);
  });
});
