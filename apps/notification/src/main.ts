import { mainOf } from '@headcount/platform';
import { startNotification } from './start.js';

void mainOf(startNotification);
