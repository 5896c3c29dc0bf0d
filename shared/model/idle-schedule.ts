/** Which hours of a week something holds in: all, or a block of hours of every day, of weekdays or of weekends. */
export type Schedule = 'always' | 'every-day' | 'weekdays' | 'weekends';
