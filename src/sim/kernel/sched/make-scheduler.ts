/** The scheduler that a kernel has. */
import { O1Scheduler } from './o1.ts';
import { OneRunqueue } from './one-runqueue.ts';
import type { Scheduler, SchedulerParts } from './scheduler.ts';

export function makeScheduler(parts: SchedulerParts): Scheduler {
  return parts.traits.scheduler === 'o1' ? new O1Scheduler(parts) : new OneRunqueue(parts);
}
