import { startSystem, until, type System, type SystemOptions } from '@headcount/testing';

/** A region with one app of each kind, all of which answer: all in one the last to listen are behind. */
export async function startWholeSystem(env: SystemOptions['env'] = {}): Promise<System> {
  const system = await startSystem({ notifications: 1, env });
  try {
    for (const url of [system.apiUrl(), system.gatewayUrl(), system.notificationUrl()])
      await until(() => answers(url), { what: `${url} to answer`, timeoutMs: 20_000 });
    return system;
  } catch (cause) {
    await system.stop();
    throw cause;
  }
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health/ready`).catch(() => null);
  return response?.ok ?? false;
}
