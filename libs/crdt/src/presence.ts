/**
 * Presence register: how many are on a page, as one region's gateways see it.
 *
 * Shape   { viewers, connections }, the sum over the region's gateways; absolute, not a counter of joins,
 *         so a lost or repeated message cannot leave a ghost (DESIGN.md §4).
 * R1      0 <= viewers <= connections: whoever is present holds a socket.
 */

/** Distinct viewers, and the sockets that they hold. */
export interface Presence {
  readonly viewers: number;
  readonly connections: number;
}

/** Nobody there. */
export const NOBODY: Presence = { viewers: 0, connections: 0 };

/** Whether nobody is there. */
export function isNobody({ viewers, connections }: Presence): boolean {
  return viewers === 0 && connections === 0;
}

/** The sum over several gateways or regions; each counts a viewer of its own once. */
export function totalPresence(parts: Iterable<Presence>): Presence {
  let viewers = 0;
  let connections = 0;
  for (const part of parts) {
    viewers += part.viewers;
    connections += part.connections;
  }
  return { viewers, connections };
}
