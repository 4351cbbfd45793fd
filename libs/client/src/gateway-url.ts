/**
 * The address that a socket is opened at. It carries the viewer id (`?v=`), for a balancer that
 * brings all sockets of a viewer to one gateway, where they count as one viewer.
 */
export function gatewayUrl(url: string, viewerId: string | undefined): string {
  const address = new URL(url);
  if (viewerId !== undefined) address.searchParams.set('v', viewerId);
  return address.href;
}
