import { describe, expect, it } from 'vitest';
import { curlLine, sample, trackSnippet } from './empty';

const rule = (critical: string) => ({
  rule: "o'brien",
  metricName: "o'brien",
  critical,
  by: ['office'],
  series: [],
});

describe('the first event', () => {
  it('crosses the threshold, from whichever side', () => {
    expect(sample(rule('below 2'))).toEqual({ metricName: "o'brien", value: 1, tags: { office: 'example' } });
    expect(sample(rule('above 300')).value).toBe(301);
    expect(sample(undefined).metricName).toBe('case.resolved');
  });

  it('is a safe shell word', () => {
    expect(curlLine('http://h', false, rule('below 2'))).toContain(String.raw`o'\''brien`);
  });

  it('shows where the token goes', () => {
    expect(curlLine('http://h', true)).toContain('Bearer TOKEN');
    expect(trackSnippet('http://h', true)).toContain('Bearer TOKEN');
    expect(trackSnippet('http://h', false)).not.toContain('Authorization');
  });
});
