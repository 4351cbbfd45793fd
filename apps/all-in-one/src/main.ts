import { mainOf } from '@headcount/platform';
import { startAllInOne } from './start.js';

void mainOf(startAllInOne);
