import { describe, expect, it } from 'vitest';
import {
  clockAhead,
  figure,
  judged,
  moment,
  rounded,
  setFormats,
  tick,
  value,
  weekdayTime,
  zoneName,
} from './format';

const noon = new Date(2026, 5, 10, 12, 34, 56).getTime();

describe('format', () => {
  it('writes every digit of a value, and few of a figure', () => {
    expect(value(0.1 + 0.2)).toMatch(/^0.3$/);
    expect(value(1234567.891)).toContain('891');
    expect(figure(1.23456)).toBe('1.235');
    expect(figure(1_234_567)).toMatch(/M$/);
  });

  it.each([
    [56.045884246, '56.05'],
    [5.144142264, '5.144'],
    [-141.589266287, '-141.6'],
    [0.00012345678, '0.0001235'],
    [1234567.891, '1,234,567.9'],
    [1234567, '1,234,567'],
    [3, '3'],
    [2.99999, '3'],
  ])('rounds the fraction of %d alone', (n, text) => {
    expect(rounded(n).join('')).toBe(text);
    expect(rounded(n)[0]).not.toContain('.');
  });

  it('does not round a value to the limit that it missed', () => {
    expect(judged(159.358, 60)).toBe('159.4');
    expect(judged(60.00042, 60)).toBe('60.00042');
    expect(judged(60, 60)).toBe('60');
    expect(judged(0.123456, undefined)).toBe('0.1235');
  });

  it('names the day of a time that is not of today', () => {
    expect(moment(noon, noon)).toBe('12:34:56');
    expect(moment(noon, noon, false)).toBe('12:34');
    expect(moment(noon - 86_400_000, noon)).toBe('Jun 9, 12:34:56');
    expect(moment(noon - 400 * 86_400_000, noon)).toContain('2025');
  });

  it('says by its weekday when something was, while that is clear', () => {
    expect(weekdayTime(noon, noon)).toBe('Wed 12:34');
    expect(weekdayTime(noon - 5 * 86_400_000, noon)).toBe('Fri 12:34');
    expect(weekdayTime(noon - 7 * 86_400_000, noon)).toBe('Jun 3, 2026, 12:34');
    expect(weekdayTime(noon + 7 * 86_400_000, noon)).toBe('Jun 17, 2026, 12:34');
  });

  it('gives an axis times, and dates at midnight', () => {
    expect(tick(noon, 10_000)).toBe('12:34:56');
    expect(tick(noon, 300_000)).toBe('12:34');
    expect(tick(new Date(2026, 5, 10).getTime(), 7_200_000)).toContain('Jun');
  });

  it('knows how far the clock is ahead', () => {
    expect(clockAhead(noon)).toBe(0 - new Date(noon).getTimezoneOffset() * 60_000);
    setFormats('es-US', 'America/New_York');
    expect(clockAhead(Date.UTC(2011, 7, 28))).toBe(-4 * 3_600_000);
    setFormats('en-US', 'Asia/Kolkata');
    expect(clockAhead(noon)).toBe(5.5 * 3_600_000);
    setFormats('en-US', 'UTC');
    expect(clockAhead(noon)).toBe(0);
    setFormats('en-US', 'viewer');
  });

  it('names the zone, and how far it is from UTC where it is', () => {
    setFormats('en-US', 'America/New_York');
    expect(zoneName(Date.UTC(2011, 7, 28))).toBe('Eastern Daylight Time (UTC-04:00)');
    setFormats('en-US', 'UTC');
    expect(zoneName(noon)).toBe('Coordinated Universal Time');
    setFormats('en-US', 'viewer');
  });
});
