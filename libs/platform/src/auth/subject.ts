import type { ViewerId } from '@headcount/protocol';
import { Grants } from './grants.js';

/** Somebody with an id. */
export interface Viewer {
  readonly kind: 'viewer';
  readonly id: ViewerId;
  /**
   * When the token ends, in milliseconds since 1970; null: never. It is taken
   * AUTH_CLOCK_TOLERANCE_SECONDS longer, which whoever keeps a connection open has to add.
   */
  readonly expiresAtMs: number | null;
  readonly grants: Grants;
}

/** Nobody in particular, where AUTH is off. */
export interface Anonymous {
  readonly kind: 'anonymous';
  readonly grants: Grants;
}

/** A back end that shows an API key. It is nobody's viewer: for whom it acts it has to say. */
export interface Service {
  readonly kind: 'service';
  /** The name of its key. */
  readonly name: string;
  readonly grants: Grants;
}

/** Who calls. */
export type Subject = Anonymous | Service | Viewer;

/** Where AUTH is off, and nothing is forbidden. */
export const ANONYMOUS: Anonymous = Object.freeze({ kind: 'anonymous', grants: Grants.ALL });

/**
 * The text by which quotas and rate limits know a caller: `viewer ann` or `service cms`; null for the anonymous caller, whom
 * nothing tells from another.
 */
export function callerKeyOf(subject: Subject): string | null {
  switch (subject.kind) {
    case 'viewer':
      return `viewer ${subject.id}`;
    case 'service':
      return `service ${subject.name}`;
    case 'anonymous':
      return null;
  }
}
