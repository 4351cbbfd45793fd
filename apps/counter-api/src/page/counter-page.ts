/** The page of a counter for a person: shows the count as the server knew it and keeps it live over the gateway. */
import type { CounterValue } from '@headcount/protocol';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text that stands for itself between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}

/** Nothing inline, nothing from elsewhere but the gateway's socket. */
export function counterPagePolicy(gatewayUrl: string): string {
  const { protocol, host } = new URL(gatewayUrl);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src ${protocol}//${host}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The document. `gatewayUrl` is where browsers reach the gateway's GraphQL. */
export function counterPage({ pageId, name, count }: CounterValue, gatewayUrl: string): string {
  const page = escapeHtml(pageId);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page} · Headcount</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/page.css">
<script type="module" src="/assets/headcount.js"></script>
</head>
<body>
<main>
<h1>${page}</h1>
<p class="count"><live-count page-id="${page}" name="${escapeHtml(name)}" gateway="${escapeHtml(gatewayUrl)}">${count}</live-count></p>
<p class="note">Open this page in another window and watch both.</p>
</main>
</body>
</html>
`;
}
