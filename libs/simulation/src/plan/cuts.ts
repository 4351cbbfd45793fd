/** Partitions of every shape: between two hosts, around one, between regions, in halves; both ways or one way. */
import type { Random } from '@headcount/testing';
import type { Topology } from '../cluster.js';
import type { Way } from './fault.js';
import { hostsIn, hostsOf } from './hosts.js';

export interface Cut {
  readonly shape: string;
  readonly ways: readonly Way[];
}

/** Draws a cut. */
export function drawCut(random: Random, topology: Topology): Cut {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const hosts = hostsOf(topology);
  const region = pick(topology.regions);
  const draw = random();
  const isOneWay = random() < 0.25;
  const shapeOf = (left: readonly string[], right: readonly string[], shape: string): Cut => ({
    shape: `${shape}${isOneWay ? ', one way' : ''}`,
    ways: waysBetween(left, right, isOneWay),
  });
  const outside = hosts.filter((host) => !host.startsWith(`${region}/`));
  if (outside.length > 0 && draw < 0.5) {
    const apis = hostsIn(region, topology).filter((host) => host.includes('/api'));
    if (draw < 0.2) return shapeOf(hostsIn(region, topology), outside, `${region} from the others`);
    if (draw < 0.3) return shapeOf([pick(apis)], outside, `a counter-api of ${region} from others`);
    const other = pick(topology.regions.filter((name) => name !== region));
    return shapeOf(hostsIn(region, topology), hostsIn(other, topology), `${region} from ${other}`);
  }
  const own = hostsIn(region, topology);
  const host = pick(own);
  const others = own.filter((each) => each !== host);
  if (draw < 0.65) return shapeOf([host], others, `${host} from its region`);
  if (draw < 0.9) {
    const other = pick(others);
    return shapeOf([host], [other], `${host} from ${other}`);
  }
  const half = own.filter(() => random() < 0.5);
  const rest = own.filter((each) => !half.includes(each));
  return shapeOf(half, rest, `${half.join(' ')} from the rest of ${region}`);
}

function waysBetween(left: readonly string[], right: readonly string[], oneWay: boolean): Way[] {
  return left.flatMap((from) =>
    right.flatMap((to): Way[] =>
      oneWay
        ? [[from, to]]
        : [
            [from, to],
            [to, from],
          ],
    ),
  );
}
