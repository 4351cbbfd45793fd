/**
 * The viewers: who has which sockets and sessions, kept as a plain list. It is the truth that counts are held
 * against, and it hears what every session is shown.
 */
import {
  VIEWERS,
  type CounterName,
  type CounterValue,
  type PageId,
  type ViewerId,
} from '@headcount/protocol';
import type { Random } from '@headcount/testing';
import type { Cluster } from '../cluster.js';
import { regionOf } from '../core/network.js';
import type { Gateway } from '../gateway/gateway.js';

export const LIKES = 'likes' as CounterName;

/** One session: a viewer on a page, and what he is shown there. */
export interface Session {
  readonly socket: number;
  readonly viewer: ViewerId;
  /** Host of the gateway. */
  readonly host: string;
  readonly page: PageId;
  readonly name: CounterName;
  /** Whether it makes its viewer present, or only watches. */
  readonly present: boolean;
  shown: CounterValue | null;
  readonly end: () => void;
}

interface Viewer {
  readonly id: ViewerId;
  readonly host: string;
}

/** What a step back looks like. */
export type OnStepBack = (session: Session, before: CounterValue, after: CounterValue) => void;

const SESSIONS_MAX = 40;
const RECONNECT_MS_MAX = 1000;

export class Crowd {
  readonly sessions = new Set<Session>();
  private readonly viewers: Viewer[] = [];
  private readonly random: Random;
  private lastSocket = 0;
  private absent = 0;

  constructor(
    private readonly cluster: Cluster,
    readonly pages: readonly PageId[],
    viewers: number,
    private readonly onStepBack: OnStepBack,
  ) {
    this.random = cluster.world.stream('crowd');
    const hosts = cluster.topology.regions.flatMap((region) => cluster.gatewayHosts(region));
    for (let at = 0; at < viewers; at += 1)
      this.viewers.push({ id: `v${at}` as ViewerId, host: hosts[at % hosts.length] ?? '' });
  }

  /** Whether viewers are away only until their gateway is there again. */
  get awaitsSomebody(): boolean {
    return this.absent > 0;
  }

  /** One thing that a viewer does, drawn. */
  act(): void {
    const viewer = this.pick(this.viewers);
    const draw = this.random();
    const own = [...this.sessions].filter(({ viewer: id }) => id === viewer.id);
    const page = this.pick(this.pages);
    const socket = own.length > 0 && this.random() < 0.5 ? this.pick(own).socket : this.newSocket();
    const name = this.random() < 0.7 ? VIEWERS : LIKES;
    const present = name === VIEWERS && this.random() < 0.85;
    const leaving = own.length > 0 ? this.pick(own) : null;
    if (draw < 0.5 && this.sessions.size < SESSIONS_MAX)
      this.begin(viewer, socket, page, name, present);
    else if (draw < 0.85 && leaving !== null) this.leave(leaving);
    else if (leaving !== null) this.close(leaving);
  }

  /** Everybody goes. */
  leaveAll(): void {
    for (const session of [...this.sessions]) this.close(session);
  }

  /** The gateway on a host has gone for good, and so have its viewers. */
  gatewayLost(host: string): void {
    for (const session of [...this.sessions])
      if (session.host === host) this.sessions.delete(session);
  }

  /** The gateway on a host has gone: so have its sockets, and their viewers come again when there is one anew. */
  gatewayGone(host: string): () => void {
    const lost = [...this.sessions].filter((session) => session.host === host);
    for (const session of lost) this.sessions.delete(session);
    this.absent += lost.length;
    return () => {
      const sockets = new Map<number, number>();
      for (const { socket, viewer, page, name, present } of lost) {
        const again = sockets.get(socket) ?? this.newSocket();
        sockets.set(socket, again);
        const inMs = Math.floor(this.random() * RECONNECT_MS_MAX);
        this.cluster.world.after(inMs, null, `${viewer} comes again`, () => {
          this.absent -= 1;
          this.begin({ id: viewer, host }, again, page, name, present);
        });
      }
    };
  }

  /** Sockets and viewers that are on a page of a gateway; SITE is every page. */
  presenceAt(host: string, page: PageId | null): { viewers: number; connections: number } {
    const viewers = new Set<string>();
    const sockets = new Set<number>();
    for (const session of this.sessions) {
      if (!session.present || session.host !== host) continue;
      if (page !== null && session.page !== page) continue;
      viewers.add(session.viewer);
      sockets.add(session.socket);
    }
    return { viewers: viewers.size, connections: sockets.size };
  }

  /** The same of a whole region. */
  presenceIn(region: string, page: PageId | null): { viewers: number; connections: number } {
    const sum = { viewers: 0, connections: 0 };
    for (const host of this.cluster.gatewayHosts(region)) {
      const { viewers, connections } = this.presenceAt(host, page);
      sum.viewers += viewers;
      sum.connections += connections;
    }
    return sum;
  }

  private begin(
    { id: viewer, host }: Viewer,
    socket: number,
    page: PageId,
    name: CounterName,
    present: boolean,
  ): void {
    const gateway = this.cluster.gateways.get(host);
    gateway?.process.after(0, `${viewer} begins ${name} of ${page}`, () => {
      if (!gateway.open) return;
      let last: CounterValue | null = null;
      const hear = (value: CounterValue): void => {
        if (last !== null && !isLater(value, last)) this.onStepBack(session, last, value);
        last = value;
        session.shown = value;
      };
      const base = { socket, viewer, host, page, name, present, shown: null };
      const session: Session = { ...base, end: () => end() };
      this.sessions.add(session);
      if (present) gateway.join(socket, viewer, page);
      const unwatch = gateway.watch({ pageId: page, name }, hear);
      const end = (): void => {
        unwatch();
        if (present) gateway.leave(socket, page);
      };
    });
  }

  private leave(session: Session): void {
    this.at(session, `${session.viewer} leaves ${session.page}`, () => this.endSession(session));
  }

  /** The whole socket ends. */
  private close(session: Session): void {
    this.at(session, `${session.viewer} closes a socket`, (gateway) => {
      gateway.leaveAll(session.socket);
      for (const other of [...this.sessions])
        if (other.socket === session.socket) this.endSession(other);
    });
  }

  private endSession(session: Session): void {
    if (this.sessions.delete(session)) session.end();
  }

  private at({ host }: Session, what: string, act: (gateway: Gateway) => void): void {
    const gateway = this.cluster.gateways.get(host);
    gateway?.process.after(0, what, () => act(gateway));
  }

  private newSocket(): number {
    return (this.lastSocket += 1);
  }

  private pick<T>(list: readonly T[]): T {
    const picked = list[Math.floor(this.random() * list.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }
}

/** The rule of docs/protocol.md §6, said once more: the incarnation as text, then the rev. */
function isLater(value: CounterValue, before: CounterValue): boolean {
  if (value.incarnation !== before.incarnation) return value.incarnation > before.incarnation;
  return value.rev > before.rev;
}

/** The region that a session is in. */
export function regionOfSession({ host }: Session): string {
  return regionOf(host);
}
