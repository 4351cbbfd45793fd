import { mainOf } from '@headcount/platform';
import { startCounterApi } from './start.js';

void mainOf(startCounterApi);
