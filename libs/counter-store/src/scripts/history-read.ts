import { defineScript } from '../define-script.js';

/** A part of a history, as it is held. */
export interface HistoryRead {
  /** Entries before the part, and in all. */
  readonly before: number;
  readonly total: number;
  readonly rows: readonly { readonly eventId: string; readonly text: string }[];
}

/** Typed door to history-read.lua, whose header is the contract. */
export const historyRead = defineScript<HistoryRead>({
  name: 'history-read',
  keys: ['history'],
  args: ['sinceMs', 'lengthMax', 'first', 'afterMs', 'afterEvent'],
  decode: ([before, total, ...fields]) => ({
    before: Number(before),
    total: Number(total),
    rows: Array.from({ length: fields.length / 2 }, (_, at) => ({
      eventId: fields[2 * at] ?? '',
      text: fields[2 * at + 1] ?? '',
    })),
  }),
});
