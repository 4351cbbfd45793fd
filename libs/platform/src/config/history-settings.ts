import { numberSetting } from './kinds.js';

/** The settings of apps that show the histories of pages. */
export const historySettings = {
  HISTORY_DAYS: numberSetting(
    'How long the history of a page keeps a modification at most, in days; the same in all regions.',
    { min: 1, max: 3650, default: 30 },
  ),
};
