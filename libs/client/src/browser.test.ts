import { createHeadcount, LiveCount } from './browser.js';

describe('the script of pages', () => {
  it('may be imported where there is no page, by what renders one on a server', () => {
    expect(typeof createHeadcount).toBe('function');
    expect(typeof LiveCount).toBe('function');
  });
});
