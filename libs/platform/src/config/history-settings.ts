import { numberSetting } from './kinds.js';

/** The settings of apps that show the histories of pages. */
export const historySettings = {
  HISTORY_DAYS: numberSetting(
    'Maximum age of a modification in the history of a page, in days; the same in all regions.',
    { min: 1, max: 3650, default: 30 },
  ),
};
