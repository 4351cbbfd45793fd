/** What gateways say to a counter-api, by HTTP and by datagram, as its IntakeService and DatagramListener have it. */
import type { FeedMessage, Presence } from '@headcount/crdt';
import type { PresenceStore, RegistryStore, SeenPositions } from '@headcount/counter-store';
import {
  PATHS,
  decodeDatagram,
  encodeHave,
  err,
  misplaced,
  ok,
  withMac,
  type ErrorCode,
  type FeedRequest,
  type InstanceId,
  type InterestRequest,
  type Result,
  type SyncAnswer,
  type SyncRequest,
  type WireFeedMessage,
} from '@headcount/protocol';
import { countOut, type Watch } from '@headcount/replication';
import type { Process } from '../core/process.js';
import { KEY_ID, MAC, believes } from '../core/signatures.js';

export interface IntakeOptions {
  readonly process: Process;
  readonly instance: InstanceId;
  readonly region: string;
  readonly buckets: number;
  readonly presence: PresenceStore;
  readonly gateways: RegistryStore;
  readonly seen: SeenPositions;
  readonly watch: Watch;
  readonly isReady: () => boolean;
}

const DATAGRAM_PORT = 4000;

export class Intake {
  /** Instance -> where pushes to it go. */
  private readonly known = new Map<string, string>();

  constructor(private readonly options: IntakeOptions) {}

  /** Answers a request of a gateway; undefined for a path of somebody else. */
  serve(
    path: string,
    body: unknown,
    from: string,
  ): Promise<Result<unknown, ErrorCode>> | undefined {
    switch (path) {
      case PATHS.sync:
        return this.sync(from, body as SyncRequest);
      case PATHS.feed:
        return this.feed(from, body as FeedRequest);
      case PATHS.interest:
        return this.interest(from, body as InterestRequest);
      case PATHS.goodbye:
        return this.goodbye(from);
      default:
        return undefined;
    }
  }

  /** Takes a datagram; resolves to the answer to it, or null. */
  async datagram(bytes: Uint8Array): Promise<Uint8Array | null> {
    const { instance, buckets, presence, process, isReady } = this.options;
    const decoded = decodeDatagram(bytes, believes);
    if (!decoded.ok || decoded.value.type !== 'feed') return null;
    const { sender, sections, number } = decoded.value;
    if (misplaced(decoded.value, instance, buckets) !== null) return null;
    if (!this.known.has(sender) || !isReady()) return null;
    const stored = await Promise.all(
      sections.map(async ({ bucket, from, to, entries }) => {
        const changes = entries.map(({ pageId, viewers, connections }) => ({
          key: pageId,
          value: { viewers, connections },
          version: to,
        }));
        const applied = await presence.apply(sender, bucket, { from, to, entries: changes });
        return { bucket, stored: applied.stored };
      }),
    );
    const route = { keyId: KEY_ID, sender: instance, receiver: sender };
    return withMac(encodeHave(route, process.nextNumber(), number, stored), MAC);
  }

  private async sync(
    gateway: string,
    request: SyncRequest,
  ): Promise<Result<SyncAnswer, ErrorCode>> {
    const { seen, gateways, presence, region, watch } = this.options;
    const { url, heartbeat, versions } = request;
    for (const [bucket, , incarnation, seq, rev] of versions)
      seen.note(bucket, { incarnation, seq, rev });
    await gateways.beat(gateway, heartbeat);
    this.known.set(gateway, url);
    const stored = await presence.stored(
      gateway,
      versions.map(([bucket]) => bucket),
    );
    const differing = versions.flatMap(([bucket, to], place): [number, number][] => {
      const held = stored[place] ?? 0;
      return held === to ? [] : [[bucket, held]];
    });
    return ok({
      region,
      datagramPort: DATAGRAM_PORT,
      stored: differing,
      stream: watch.streamPosition(gateway),
    });
  }

  private async feed(gateway: string, { messages }: FeedRequest) {
    if (!this.known.has(gateway)) return err<ErrorCode>('UNKNOWN_INSTANCE');
    const results = await Promise.all(
      messages.map(async (message) => {
        const { bucket } = message;
        const applied = await this.options.presence.apply(gateway, bucket, feedMessage(message));
        return [bucket, applied.verdict, applied.stored] as const;
      }),
    );
    return ok({ results });
  }

  private async interest(gateway: string, request: InterestRequest) {
    const url = this.known.get(gateway);
    if (url === undefined) return err<ErrorCode>('UNKNOWN_INSTANCE');
    return this.options.watch.interest({ id: gateway, url }, request);
  }

  private async goodbye(gateway: string) {
    const { watch, presence, buckets, gateways } = this.options;
    this.known.delete(gateway);
    watch.close(gateway);
    const counted = await countOut(presence, gateway, buckets);
    const heartbeat = (await gateways.look()).get(gateway);
    if (heartbeat !== undefined) await gateways.forget(gateway, heartbeat);
    return ok({ buckets: counted });
  }
}

function feedMessage({ from, to, entries }: WireFeedMessage): FeedMessage<Presence> {
  return {
    from,
    to,
    entries: entries.map(([key, viewers, connections]) => ({
      key,
      value: { viewers, connections },
      version: to,
    })),
  };
}
