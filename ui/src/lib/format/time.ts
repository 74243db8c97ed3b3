// Instants are Unix milliseconds by the core's clock; `now` is handed in, so that all pages agree and tests are exact.

import { m } from '$lib/paraglide/messages';
import type { Locale } from '$lib/paraglide/runtime';
import { formatCount, tagOf } from './numbers';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An age: `4 s ago`, `6 min ago`, `today, 11:20`, `17 Nov, 20:31`; with the year where it differs. */
export function formatAge(thenMs: number, nowMs: number, locale: Locale): string {
  const age = Math.max(0, nowMs - thenMs);
  if (age < MINUTE) return m.time_seconds_ago({ n: String(Math.floor(age / SECOND)) }, { locale });
  if (age < HOUR) return m.time_minutes_ago({ n: String(Math.floor(age / MINUTE)) }, { locale });
  const time = formatClock(thenMs, locale);
  const days = calendarDay(nowMs) - calendarDay(thenMs);
  if (age < DAY && days === 0) return m.time_today({ time }, { locale });
  if (age < DAY && days === 1) return m.time_yesterday({ time }, { locale });
  return m.time_date({ date: formatDate(thenMs, nowMs, locale), time }, { locale });
}

/** Local time of day: `11:20`, with seconds `11:20:04`. */
export function formatClock(ms: number, locale: Locale, seconds = false): string {
  return new Intl.DateTimeFormat(tagOf(locale), {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' as const } : {}),
    hourCycle: 'h23',
  }).format(ms);
}

/** Local time with zone, and UTC: for titles and detail pages. */
export function formatAbsolute(ms: number, locale: Locale): string {
  const local = new Intl.DateTimeFormat(tagOf(locale), {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(ms);
  const utc = new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
  return `${local} (${utc} UTC)`;
}

/** A stretch of time: `38 s`, `1 min 28 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number, locale: Locale): string {
  const whole = (unit: number) => Math.floor(Math.max(0, ms) / unit);
  const text = (n: number) => formatCount(n, locale);
  if (ms < MINUTE) return m.time_seconds({ n: text(whole(SECOND)) }, { locale });
  if (ms < HOUR) {
    const seconds = whole(SECOND) % 60;
    if (seconds === 0) return m.time_minutes({ n: text(whole(MINUTE)) }, { locale });
    return m.time_minutes_seconds({ minutes: text(whole(MINUTE)), seconds: text(seconds) }, { locale });
  }
  if (ms < DAY)
    return m.time_hours_minutes({ hours: text(whole(HOUR)), minutes: text(whole(MINUTE) % 60) }, { locale });
  return m.time_days_hours({ days: text(whole(DAY)), hours: text(whole(HOUR) % 24) }, { locale });
}

/** What is left, ticking: `11:42`, with hours `1:05:09`. The same in every language. */
export function formatCountdown(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / SECOND);
  const two = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const rest = two(seconds % 60);
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${two(minutes)}:${rest}`;
}

/** A short stretch with tenths: `3.1 s`; milliseconds below a second: `420 ms`. */
export function formatLatency(ms: number, locale: Locale): string {
  if (ms < SECOND) return m.time_milliseconds({ n: formatCount(Math.round(ms), locale) }, { locale });
  if (ms >= MINUTE) return formatDuration(ms, locale);
  const tenths = new Intl.NumberFormat(tagOf(locale), {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  }).format(Math.floor(ms / 100) / 10);
  return m.time_seconds({ n: tenths }, { locale });
}

function formatDate(ms: number, nowMs: number, locale: Locale): string {
  const sameYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  return new Intl.DateTimeFormat(tagOf(locale), {
    day: 'numeric',
    month: locale === 'en' ? 'short' : 'long',
    ...(sameYear ? {} : { year: 'numeric' as const }),
  }).format(ms);
}

/** Number of the local calendar day. */
function calendarDay(ms: number): number {
  const date = new Date(ms);
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY);
}
