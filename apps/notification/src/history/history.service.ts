import { Inject, Injectable } from '@nestjs/common';
import type { HistoryEntry } from '@headcount/counter-store';
import {
  available,
  partOf,
  viewable,
  type Connection,
  type PartArgs,
  type Subject,
} from '@headcount/platform';
import type { PageId } from '@headcount/protocol';
import { STORE, type Store } from '../store/store.js';

/** What has changed on pages, as it was described. */
@Injectable()
export class HistoryService {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** A part of the last modifications of a page, the latest first. */
  async of({ grants }: Subject, pageId: PageId, part: PartArgs): Promise<Connection<HistoryEntry>> {
    viewable(grants, pageId);
    const entries = await available(this.store.history.of(pageId));
    return partOf(entries, ({ atMs: at, eventId: id }) => ({ at, id }), part);
  }

  /** Title of the last modification; null: none was given, or it is no longer kept. */
  lastTitle(pageId: PageId): Promise<string | null> {
    return available(this.store.history.lastTitle(pageId));
  }
}
