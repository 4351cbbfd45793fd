import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@headcount/platform';
import type { ViewerId } from '@headcount/protocol';
import { STORE, type Store } from '../store/store.js';

/** A user is noted so often at most, in milliseconds: digests ask for hours and days. */
const NOTE_EVERY_MS = 60_000;
/** Users remembered here; who is forgotten is only noted once more. */
const USERS_MAX = 100_000;

/** Notes which users are here, so that digests leave them out. */
@Injectable()
export class PresenceNotes {
  private readonly notedAtMs = new Map<ViewerId, number>();

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The user has just asked for something. Not waited for: where it fails, somebody gets a mail too many. */
  note(userId: ViewerId): void {
    const nowMs = this.clock.monotonicMs();
    const before = this.notedAtMs.get(userId);
    if (before !== undefined && nowMs - before < NOTE_EVERY_MS) return;
    if (this.notedAtMs.size >= USERS_MAX) this.notedAtMs.clear();
    this.notedAtMs.set(userId, nowMs);
    void this.store.followers.saw(userId).catch(() => this.notedAtMs.delete(userId));
  }
}
