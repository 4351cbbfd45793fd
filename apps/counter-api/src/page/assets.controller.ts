import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HttpRules, Public } from '@headcount/platform';

/** Where the build puts the browser bundle. */
const BUNDLE = join(__dirname, '..', '..', 'assets', 'headcount.js');
const STYLE = join(__dirname, 'page.css');

/** The two files that the page of a counter loads. */
@Public()
// Pages add what they like behind the name, against caches.
@HttpRules({ query: 'any', types: 'own' })
@ApiExcludeController()
@Controller('assets')
export class AssetsController {
  private readonly bundle = readFile(BUNDLE, 'utf8');
  private readonly style = readFile(STYLE, 'utf8');

  constructor() {
    // A missing file is told to whoever asks for it; it must not end the process before that.
    for (const file of [this.bundle, this.style]) file.catch(() => undefined);
  }

  /** For pages of any origin: a module script is fetched with CORS. */
  @Get('headcount.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('access-control-allow-origin', '*')
  @Header('cross-origin-resource-policy', 'cross-origin')
  @Header('cache-control', 'public, max-age=300')
  script(): Promise<string> {
    return this.bundle;
  }

  @Get('page.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  stylesheet(): Promise<string> {
    return this.style;
  }
}
