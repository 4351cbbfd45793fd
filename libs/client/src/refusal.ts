/** Why the gateway refuses: an operation, or the socket as a whole. */
export interface Refusal {
  readonly message: string;
  /** Of the error catalogue; null: the gateway names none. */
  readonly code: string | null;
  /** Set where it is the whole connection that is refused. */
  readonly isConnection?: true;
}

/** Close codes that say more than that the connection is gone, as the error catalogue has them. */
const CODES: Readonly<Record<number, string>> = {
  1009: 'PAYLOAD_TOO_LARGE',
  1013: 'TOO_MANY',
  4006: 'UNKNOWN_KEY',
  4007: 'TOKEN_NOT_YET_VALID',
  4008: 'TOO_SLOW',
  4400: 'BAD_REQUEST',
  4401: 'UNAUTHENTICATED',
  4403: 'FORBIDDEN',
  4500: 'INTERNAL',
  4501: 'INTERNAL',
  4503: 'KEYS_UNAVAILABLE',
};

/** After these, trying again at once cannot help. */
const LASTING = new Set([0, 1009, 4004, 4400, 4401, 4403, 4406, 4429, 4500]);

export interface Ending {
  /** Null: the connection is gone, and nobody says why. */
  readonly refusal: Refusal | null;
  readonly isLasting: boolean;
}

/** What a close of a socket means. */
export function endingOf({
  code,
  reason,
}: {
  readonly code: number;
  readonly reason: string;
}): Ending {
  const name = CODES[code] ?? null;
  const isLasting = LASTING.has(code);
  if (name === null && !isLasting) return { refusal: null, isLasting };
  return {
    refusal: { message: reason || name || `close code ${code}`, code: name, isConnection: true },
    isLasting,
  };
}

/** What the errors of an operation say. */
export function refusalOf(errors: unknown): Refusal {
  const [first] = Array.isArray(errors) ? (errors as readonly unknown[]) : [errors];
  const { message, extensions } = Object(first) as {
    readonly message?: unknown;
    readonly extensions?: { readonly code?: unknown };
  };
  const code = extensions?.code;
  return {
    message: String(message ?? 'The gateway refuses.'),
    code: typeof code === 'string' ? code : null,
  };
}
