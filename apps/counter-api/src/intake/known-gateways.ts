import { Injectable } from '@nestjs/common';
import type { InstanceId } from '@headcount/protocol';
import { NumberWindow } from './number-window.js';

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
  /** Outlive their gateways: one that comes back must not have its old datagrams played again. */
  private readonly windows = new Map<InstanceId, NumberWindow>();

  get size(): number {
    return this.known.size;
  }

  note(gateway: KnownGateway): void {
    keep(this.known, gateway.id, gateway);
    keep(this.windows, gateway.id, this.windows.get(gateway.id) ?? new NumberWindow());
  }

  /** Whether a datagram of a known gateway is new by its number, and no replay. */
  takesNumber(id: InstanceId, number: number): boolean {
    return this.windows.get(id)?.take(number) ?? false;
  }

  forget(id: InstanceId): void {
    this.known.delete(id);
  }

  get(id: InstanceId): KnownGateway | undefined {
    return this.known.get(id);
  }
}

/** Sets an entry as the one heard last, and drops the one longest unheard of where there are too many. */
function keep<T>(map: Map<InstanceId, T>, id: InstanceId, value: T): void {
  map.delete(id);
  map.set(id, value);
  if (map.size <= GATEWAYS_MAX) return;
  const [longestUnheard] = map.keys();
  if (longestUnheard !== undefined) map.delete(longestUnheard);
}
