/** The only calendar arithmetic of the project. All of it is UTC. */
export {
  type EpochMs,
  type EpochMicros,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  epochMs,
  formatUtcSeconds,
  formatIso,
} from './instant.js';
export {
  type Period,
  type DateRange,
  dayPeriod,
  daysBetween,
  daysOfMonth,
  monthOf,
  monthPeriod,
  monthsBetween,
  parsePeriod,
  parseRange,
  periodContains,
} from './period.js';
export {
  type Frequency,
  parseFrequency,
  parseFrequencyAmong,
  HOUR,
  MINUTE,
  FREQUENCIES,
} from './frequency.js';
