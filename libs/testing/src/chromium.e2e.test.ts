/**
 * Goal    the browser that the tests need starts on this machine with the flags that they use.
 * Method  playwright-core opens a page of no server and reads it.
 */
import { chromium } from 'playwright-core';
import { CHROMIUM_ARGS, chromiumPath } from './chromium.js';

it('starts headless Chromium', async () => {
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [...CHROMIUM_ARGS],
  });
  const page = await browser.newPage();
  await page.goto('data:text/html,<p>hello</p>');
  await expect(page.textContent('p')).resolves.toBe('hello');
  await browser.close();
});
