import {
  commonSettings,
  counterSettings,
  portSetting,
  redisSettings,
  type ConfigOf,
} from '@headcount/platform';

/** The settings of notification, parsed once at its start. */
export const notificationSettings = {
  ...commonSettings,
  ...redisSettings,
  NOTIFICATION_PORT: portSetting('Port of notification; 0 lets the system choose.', 4002),
  ...counterSettings,
};

export type NotificationConfig = ConfigOf<typeof notificationSettings>;
