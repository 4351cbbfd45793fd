import { Inject, Injectable } from '@nestjs/common';
import { available } from '@headcount/platform';
import type {
  FollowsAnswer,
  FollowsRequest,
  TitlesAnswer,
  TitlesRequest,
} from '@headcount/protocol';
import { STORE, type Store } from '../store/store.js';
import { FollowsParts } from './follows-parts.js';
import { SightingsService } from './sightings.service.js';

/** Users that are read side by side: what does not fit into an answer is read in vain. */
const USERS_AT_ONCE = 32;

/** What gateways ask of what users follow, and of titles: docs/protocol.md §5. */
@Injectable()
export class UnreadAsksService {
  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(SightingsService) private readonly sightings: SightingsService,
  ) {}

  /** What users follow, in the order asked, as far as there is room; one at least. Throws STORE_UNAVAILABLE. */
  async follows({ asks }: FollowsRequest): Promise<FollowsAnswer> {
    const filled = new FollowsParts();
    for (let at = 0; at < asks.length && !filled.isFull; at += USERS_AT_ONCE) {
      const some = asks.slice(at, at + USERS_AT_ONCE);
      const read = some.map(([userId]) => this.store.follows.all(userId));
      const held = await available(Promise.all(read));
      some.forEach((ask, place) => {
        const follows = held[place];
        if (!follows || filled.isFull) return;
        if (follows.size > 0) this.sightings.note(ask[0]);
        filled.add(ask, follows);
      });
    }
    return { parts: filled.parts };
  }

  /** Titles of the last modifications of pages. Throws STORE_UNAVAILABLE. */
  async titles({ pages }: TitlesRequest): Promise<TitlesAnswer> {
    const titles = pages.map((pageId) => this.store.history.lastTitle(pageId));
    return { titles: await available(Promise.all(titles)) };
  }
}
