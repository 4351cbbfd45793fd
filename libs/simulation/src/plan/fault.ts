/** What can go wrong, as a list: a seed that fails is made smaller by leaving faults out. */
import type { Noise } from '../core/network.js';

/** A way that is cut: nothing gets from `from` to `to`. */
export type Way = readonly [from: string, to: string];

export type Fault = { readonly atMs: number } & (
  | { readonly kind: 'noise'; readonly forMs: number; readonly noise: Noise }
  | {
      readonly kind: 'cut';
      readonly forMs: number;
      readonly shape: string;
      readonly ways: readonly Way[];
    }
  | { readonly kind: 'pause'; readonly forMs: number; readonly host: string }
  | { readonly kind: 'crash'; readonly forMs: number; readonly host: string }
  | { readonly kind: 'stop'; readonly forMs: number; readonly host: string }
  | { readonly kind: 'clock'; readonly host: string; readonly byMs: number }
  | { readonly kind: 'restart'; readonly forMs: number; readonly region: string }
  | {
      readonly kind: 'rollback';
      readonly forMs: number;
      readonly region: string;
      readonly ageMs: number;
    }
  | { readonly kind: 'promotion'; readonly region: string; readonly ageMs: number }
  | { readonly kind: 'flush'; readonly region: string }
  | { readonly kind: 'late'; readonly region: string }
  | { readonly kind: 'retirement'; readonly region: string }
);

/** When the fault is over, in milliseconds since the beginning. */
export function endMs(fault: Fault): number {
  return fault.atMs + ('forMs' in fault ? fault.forMs : 0);
}

/** A fault in one line. */
export function describeFault(fault: Fault): string {
  const { kind, atMs } = fault;
  const rest = Object.entries(fault)
    .filter(([name]) => !['kind', 'atMs', 'ways'].includes(name))
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  return `${String(atMs).padStart(7)} ms  ${kind}  ${rest.join(', ')}`;
}
