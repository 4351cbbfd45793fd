import { AllowedMethods } from './allowed-methods.js';

describe('the methods at a path', () => {
  const allowed = new AllowedMethods();
  allowed.note('/:page/counter', ['GET', 'HEAD']);
  allowed.note('/:page/counter', ['PUT']);
  allowed.note('/health/live', ['GET']);

  it.each([
    ['/a/counter', ['GET', 'HEAD', 'PUT']],
    ['/a%2Fb/counter', ['GET', 'HEAD', 'PUT']],
    ['/health/live', ['GET']],
    ['//counter', []],
    ['/a/b/counter', []],
    ['/a/counter/', []],
    ['/nothing', []],
  ])('%s are %j', (path, methods) => {
    expect(allowed.at(path)).toEqual(methods);
  });
});
