import { allowsPage } from './origins.js';

describe('allowsPage', () => {
  const own = { host: 'count.example:4001', site: undefined };

  it('lets in pages of the same host where no origins are listed', () => {
    const unlisted = { any: false, loopback: false, listed: [] };
    expect(allowsPage(unlisted, { ...own, origin: 'http://count.example:4001' })).toBe(true);
    expect(allowsPage(unlisted, { ...own, origin: 'http://count.example' })).toBe(false);
    expect(allowsPage(unlisted, { ...own, origin: 'null' })).toBe(false);
  });

  it('lets in pages of the same host no more where others are listed', () => {
    const listed = { any: false, loopback: false, listed: ['https://www.example.org'] };
    expect(allowsPage(listed, { ...own, origin: 'http://count.example:4001' })).toBe(false);
    expect(allowsPage(listed, { ...own, origin: 'https://www.example.org' })).toBe(true);
  });
});
