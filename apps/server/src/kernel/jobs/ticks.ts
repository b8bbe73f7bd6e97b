/** When a cron expression ticks, by the clocks of a time zone. */
import { Cron } from 'croner'

/**
 * The first tick after a time, both epoch ms; never when there is none. What is to be at 2:30 is at the end of the hour that
 * clocks leave out, and in the first of two where they go back; what is to be every hour goes on every hour. Throws for an
 * expression or a zone that is none.
 */
export const tickAfter = (expression: string, zone: string, time: number): number =>
  new Cron(expression, { timezone: zone, paused: true }).nextRun(new Date(time))?.getTime() ?? Number.MAX_SAFE_INTEGER
