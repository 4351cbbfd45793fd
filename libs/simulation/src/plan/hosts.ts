import type { Topology } from '../cluster.js';

/** Every host of one region. */
export function hostsIn(region: string, { counterApis, gateways }: Topology): string[] {
  return [
    `${region}/redis`,
    ...Array.from({ length: counterApis }, (_, at) => `${region}/api${at + 1}`),
    ...Array.from({ length: gateways }, (_, at) => `${region}/gateway${at + 1}`),
  ];
}

/** Every host of a deployment. */
export function hostsOf(topology: Topology): string[] {
  return topology.regions.flatMap((region) => hostsIn(region, topology));
}
