import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { ViewerId } from '@headcount/protocol';
import { STORE, type Store } from '../store/store.js';
import { WatchService } from '../watch/watch.service.js';

/** How often it is noted that somebody is still online, in milliseconds. */
const AGAIN_MS = 60_000;

/**
 * Notes which users are online at gateways, for whoever asks for a digest of those who were not. What fails is not told again: the
 * next minute is near.
 */
@Injectable()
export class SightingsService implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Those that follow something; of the others nobody asks. */
  private readonly online = new Set<ViewerId>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(STORE) private readonly store: Pick<Store, 'followers' | 'isReady'>,
    @Inject(WatchService) private readonly watch: Pick<WatchService, 'watchesUser'>,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.again(), AGAIN_MS);
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** A gateway has asked what the user follows, which is something. */
  note(userId: ViewerId): void {
    if (this.online.has(userId)) return;
    this.online.add(userId);
    this.saw(userId);
  }

  /** A minute has passed: notes those again who are still online, and forgets the others. */
  again(): void {
    for (const userId of this.online) {
      if (this.watch.watchesUser(userId)) this.saw(userId);
      else this.online.delete(userId);
    }
  }

  private saw(userId: ViewerId): void {
    if (this.store.isReady()) void this.store.followers.saw(userId).catch(() => undefined);
  }
}
