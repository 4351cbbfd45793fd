/** Who operates a deployment: retires regions and repairs counters. */
import { z } from 'zod';
import { HeadcountError, parseViewerId, type PageId } from '@headcount/protocol';
import { optionalSetting } from '../config/setting.js';
import { viewable } from './acting.js';
import type { Subject } from './subject.js';

/** A caller with this scope is an operator, whether OPERATORS names it or not. */
export const SCOPE_OPERATE = 'operate';

const KEY = /^key:[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const SUB = 'sub:';

function isOperator(text: string): boolean {
  return KEY.test(text) || (text.startsWith(SUB) && parseViewerId(text.slice(SUB.length)).ok);
}

/** The setting of apps that have something for operators. */
export const operatorSettings = {
  OPERATORS: optionalSetting<ReadonlySet<string>>(
    {
      description:
        'Who may retire regions and repair counters, besides callers with the scope `operate`: API keys as `key:NAME`, subjects of tokens as `sub:SUBJECT`, separated by commas. With AUTH=off everybody may.',
      must: 'key:NAME for an API key or sub:SUBJECT for a token, separated by commas',
      example: 'key:ops,sub:ops@example.org',
    },
    z
      .string()
      .transform((raw) => raw.split(',').map((name) => name.trim()))
      .pipe(z.array(z.string().refine(isOperator)))
      .transform((names) => new Set(names)),
  ),
};

/** What the check of an operator depends on. */
export interface OperatorConfig {
  readonly AUTH: 'off' | 'jwt';
  readonly OPERATORS: ReadonlySet<string> | undefined;
}

/**
 * Demands an operator, who for a page must also be allowed to view it. Returns its name for the audit log: `key:ops`,
 * `sub:ops@example.org` or `anonymous`. Throws HeadcountError FORBIDDEN.
 */
export function demandOperator(
  caller: Subject,
  { AUTH, OPERATORS }: OperatorConfig,
  pageId?: PageId,
): string {
  const name = operatorName(caller);
  const isGranted = caller.grants.scopes.has(SCOPE_OPERATE) || (OPERATORS?.has(name) ?? false);
  if (AUTH !== 'off' && !isGranted) {
    throw new HeadcountError(
      'FORBIDDEN',
      `Only operators may do this: callers that OPERATORS names, or with the scope ${SCOPE_OPERATE}.`,
    );
  }
  if (pageId !== undefined) viewable(caller.grants, pageId);
  return name;
}

function operatorName(caller: Subject): string {
  switch (caller.kind) {
    case 'viewer':
      return `${SUB}${caller.id}`;
    case 'service':
      return `key:${caller.name}`;
    case 'anonymous':
      return 'anonymous';
  }
}
