import { mainOf } from '@headcount/main';

void mainOf(async () => (await import('./start.js')).startNotification);
