import { pinToLoadCore } from '../cores.mjs';
import { startHelper } from '../helper.mjs';
import { Witness } from './join-to-seen.mjs';

/**
 * The viewers of one case on one side: a witness on each page at the second server, joiners with open sockets at the first,
 * and, where the case has one, a crowd at both. `close` sends all of them away.
 */
export async function openField(
  name,
  side,
  { pages, joiners: joinerCount, crowd: isCrowded, ...size },
) {
  const viewers = [];
  const open = async (url, number) => {
    const viewer = await side.openViewer(url, `${name}-viewer-${number}`);
    viewers.push(viewer);
    return viewer;
  };
  const [entrance, exit] = side.urls;
  const witnesses = [];
  for (let page = 0; page < pages; page += 1) {
    const witness = new Witness(await open(exit, viewers.length), `${name}-page-${page}`);
    await witness.sees((count) => count === 1, 'the first viewer');
    witnesses.push(witness);
  }
  const joiners = [];
  for (let at = 0; at < joinerCount; at += 1) joiners.push(await open(entrance, viewers.length));
  const crowd = isCrowded ? await openCrowd(side, size) : undefined;
  const close = async () => {
    for (const viewer of viewers) viewer.close();
    await crowd?.stop();
  };
  return { side, witnesses, joiners, crowd, close };
}

async function openCrowd({ key, urls }, { viewers, crowdPages }) {
  const crowd = await startHelper(new URL('crowd.mjs', import.meta.url), { pin: pinToLoadCore });
  await crowd.ask({ do: 'open', urls, dialect: key, viewers, pages: crowdPages });
  return crowd;
}
