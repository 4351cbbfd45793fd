import { HeadcountError, type PageId, type ViewerId } from '@headcount/protocol';
import { ConfigError, loadConfig } from '../config/load-config.js';
import { commonSettings } from '../config/shared-settings.js';
import { Grants, type GrantedPatterns } from './grants.js';
import { demandOperator, operatorSettings } from './operators.js';
import { ANONYMOUS, type Service, type Viewer } from './subject.js';

const user = (id: string, rights: GrantedPatterns = {}): Viewer => ({
  kind: 'viewer',
  id: id as ViewerId,
  expiresAtMs: null,
  grants: Grants.of(rights),
});
const service = (name: string, rights: GrantedPatterns = {}): Service => ({
  kind: 'service',
  name,
  grants: Grants.of(rights),
});
const namedBy = (OPERATORS?: string) =>
  loadConfig(operatorSettings, OPERATORS === undefined ? {} : { OPERATORS });
const config = (OPERATORS?: string) => ({ AUTH: 'jwt' as const, ...namedBy(OPERATORS) });
const FORBIDDEN = expect.objectContaining({ code: 'FORBIDDEN' }) as HeadcountError;

describe('operators', () => {
  it('are the API keys and the subjects that OPERATORS names, each as what it is', () => {
    const both = config('key:ops, sub:ann@example.org');
    expect(demandOperator(service('ops'), both)).toBe('key:ops');
    expect(demandOperator(user('ann@example.org'), both)).toBe('sub:ann@example.org');
    expect(() => demandOperator(user('ops'), both)).toThrow(FORBIDDEN);
    expect(() => demandOperator(user('key:ops'), both)).toThrow(FORBIDDEN);
    expect(() => demandOperator(service('ann'), both)).toThrow(FORBIDDEN);
  });

  it('are callers with the scope operate', () => {
    expect(demandOperator(service('cd', { scopes: ['operate'] }), config())).toBe('key:cd');
    expect(demandOperator(user('ann', { scopes: ['operate'] }), config())).toBe('sub:ann');
    expect(() => demandOperator(service('cd'), config())).toThrow(FORBIDDEN);
  });

  it('stay within the pages that they may view', () => {
    const blogger = service('ops', { pages: ['blog/*'] });
    const named = config('key:ops');
    expect(demandOperator(blogger, named, 'blog/1' as PageId)).toBe('key:ops');
    expect(() => demandOperator(blogger, named, 'shop' as PageId)).toThrow(FORBIDDEN);
  });

  it('are all callers where AUTH is off', () => {
    expect(demandOperator(ANONYMOUS, { AUTH: 'off', OPERATORS: undefined })).toBe('anonymous');
  });

  it.each(['ops', 'key:', 'key:ops,ann', 'sub:', 'user:ann', 'key:a b'])(
    'are not told by "%s", and the start says what to write',
    (OPERATORS) => {
      const load = () => loadConfig({ ...commonSettings, ...operatorSettings }, { OPERATORS });
      expect(load).toThrow(ConfigError);
      expect(load).toThrow(
        `OPERATORS must be key:NAME for an API key or sub:SUBJECT for a token, separated by commas, ` +
          `for example key:ops,sub:ops@example.org; it is "${OPERATORS}".`,
      );
    },
  );
});
