import { Injectable } from '@nestjs/common';
import type { InstanceId } from '@headcount/protocol';

/** A gateway that has synced with this counter-api. */
export interface KnownGateway {
  readonly id: InstanceId;
  /** Where pushes to it go; on the list of allowed addresses. */
  readonly url: string;
}

/** Gateways kept in mind at most: one more, and the one longest unheard of is forgotten until its next sync. */
const GATEWAYS_MAX = 16_384;

/**
 * The gateways whose datagrams and interest are taken: those that have synced here and not said goodbye, for a
 * sync writes the heartbeat without which what they count could not be counted out again.
 */
@Injectable()
export class KnownGateways {
  /** The UDP port that they are told to send to; null: none. Set once the port is bound. */
  datagramPort: number | null = null;
  private readonly known = new Map<InstanceId, KnownGateway>();

  get size(): number {
    return this.known.size;
  }

  note(gateway: KnownGateway): void {
    this.known.delete(gateway.id);
    this.known.set(gateway.id, gateway);
    if (this.known.size <= GATEWAYS_MAX) return;
    const [longestUnheard] = this.known.keys();
    if (longestUnheard !== undefined) this.known.delete(longestUnheard);
  }

  forget(id: InstanceId): void {
    this.known.delete(id);
  }

  get(id: InstanceId): KnownGateway | undefined {
    return this.known.get(id);
  }
}
