import {
  commonSettings,
  internalPortSetting,
  counterSettings,
  memorySettings,
  historySettings,
  numberSetting,
  portSetting,
  redisSettings,
  regionSettings,
  restSettings,
  type ConfigOf,
} from '@headcount/platform';

/** The settings of notification, parsed once at its start. */
export const notificationSettings = {
  ...commonSettings,
  ...redisSettings,
  NOTIFICATION_PORT: portSetting('Port of notification; 0 lets the system choose.', 4002),
  NOTIFICATION_INTERNAL_PORT: internalPortSetting('notification', 'NOTIFICATION_PORT'),
  ...restSettings,
  ...regionSettings,
  ...counterSettings,
  ...memorySettings,
  FOLLOWS_MAX: numberSetting('Maximum pages that one user may follow.', {
    min: 1,
    max: 10_000,
    default: 10_000,
  }),
  HISTORY_LENGTH: numberSetting(
    'Maximum modifications that the history of a page keeps; the same in all regions.',
    { min: 1, max: 1000, default: 100 },
  ),
  ...historySettings,
};

export type NotificationConfig = ConfigOf<typeof notificationSettings>;
