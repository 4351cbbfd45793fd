/** Answers as JSON, from a plan and the values that it asks for. */
import { rfc3339 } from '@headcount/platform';
import type { CounterValue } from '@headcount/protocol';
import type { AskedField, Plan, ShownField } from './plan.js';

/** The answer, as Apollo writes it. `values` are those of each field of the plan. */
export function render({ fields }: Plan, values: readonly (readonly CounterValue[])[]): string {
  let data = '';
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at]!;
    data += `${at === 0 ? '' : ','}${field.label}${shown(field, values[at]!)}`;
  }
  return `{"data":{${data}}}\n`;
}

function shown(field: AskedField, values: readonly CounterValue[]): string {
  switch (field.kind) {
    case '__typename':
      return '"Query"';
    case 'counters':
      return `[${values.map((value) => counterText(field.shows, value)).join()}]`;
    case 'counter':
    case 'site':
      return counterText(field.shows, values[0]!);
  }
}

function counterText(shows: readonly ShownField[], value: CounterValue): string {
  let text = '';
  for (const { label, field } of shows) {
    text += `${text === '' ? '' : ','}${label}${fieldText(field, value)}`;
  }
  return `{${text}}`;
}

function fieldText(field: ShownField['field'], value: CounterValue): string {
  switch (field) {
    case '__typename':
      return '"Counter"';
    case 'count':
    case 'connections':
      return String(value[field]);
    case 'updatedAt':
      return value.updatedAtMs === null ? 'null' : `"${rfc3339(value.updatedAtMs)}"`;
    case 'staleRegions':
      return JSON.stringify(value.staleRegions);
    case 'pageId':
    case 'name':
      return JSON.stringify(value[field]);
  }
}
