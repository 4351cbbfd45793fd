import {
  commonSettings,
  counterSettings,
  portSetting,
  redisSettings,
  regionSettings,
  type ConfigOf,
} from '@headcount/platform';

/** The settings of notification, parsed once at its start. */
export const notificationSettings = {
  ...commonSettings,
  ...redisSettings,
  NOTIFICATION_PORT: portSetting('Port of notification; 0 lets the system choose.', 4002),
  ...regionSettings,
  ...counterSettings,
};

export type NotificationConfig = ConfigOf<typeof notificationSettings>;
