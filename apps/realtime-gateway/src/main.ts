import { mainOf } from '@headcount/platform';
import { startRealtimeGateway } from './start.js';

void mainOf(startRealtimeGateway);
