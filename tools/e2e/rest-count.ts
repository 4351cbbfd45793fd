import type { System } from '@headcount/testing';

/** The count of a page as REST tells it. Throws with the status where it is refused. */
export async function restCount(system: System, pageId: string, counterApi = 0): Promise<number> {
  const response = await fetch(
    `${system.apiUrl(counterApi)}/${encodeURIComponent(pageId)}/counter`,
    {
      headers: { accept: 'application/json' },
    },
  );
  if (!response.ok) throw new Error(`GET ${pageId} was answered with ${response.status}`);
  return ((await response.json()) as { count: number }).count;
}

/** The value of a metric of an app, summed over its labels; `labels` narrows it to rows that contain that text. */
export async function metric(url: string, name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const rows = text
    .split('\n')
    .filter((row) => row.startsWith(`headcount_${name}`) && row.includes(labels));
  return rows.reduce((sum, row) => sum + Number(row.slice(row.lastIndexOf(' ') + 1)), 0);
}
