import { Inject, Injectable } from '@nestjs/common';
import type { HistoryAsk, HistoryEntry, HistoryPart } from '@headcount/counter-store';
import {
  RequestLoader,
  available,
  connectionOf,
  decodePlace,
  firstOf,
  oneByOne,
  viewable,
  type Connection,
  type PartArgs,
  type Subject,
} from '@headcount/platform';
import type { PageId } from '@headcount/protocol';
import { STORE, type Store } from '../store/store.js';

interface PageAsk {
  readonly pageId: PageId;
  readonly ask: HistoryAsk;
}

/** What has changed on pages, as it was described. */
@Injectable()
export class HistoryService {
  private readonly parts = new RequestLoader<PageAsk, HistoryPart>({
    read: oneByOne(({ pageId, ask }) => available(this.store.history.part(pageId, ask))),
    textOf: ({ pageId, ask }) => JSON.stringify([pageId, ask]),
  });

  constructor(@Inject(STORE) private readonly store: Store) {}

  /** A part of the last modifications of a page, the latest first. */
  async of({ grants }: Subject, pageId: PageId, part: PartArgs): Promise<Connection<HistoryEntry>> {
    viewable(grants, pageId);
    const place = part.after === null || part.after === undefined ? null : decodePlace(part.after);
    const after = place && { atMs: place.at, eventId: place.id };
    const { entries: items, ...at } = await this.part(pageId, {
      first: firstOf(part.first),
      after,
    });
    return connectionOf({ items, ...at }, ({ atMs, eventId }) => ({ at: atMs, id: eventId }));
  }

  /** Title of the last modification; null: none was given, or it is no longer kept. */
  async lastTitle(pageId: PageId): Promise<string | null> {
    const { entries } = await this.part(pageId, { first: 1, after: null });
    return entries[0]?.title ?? null;
  }

  private part(pageId: PageId, ask: HistoryAsk): Promise<HistoryPart> {
    return this.parts.load({ pageId, ask });
  }
}
