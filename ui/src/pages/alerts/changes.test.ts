import { describe, expect, it } from 'vitest';
import { changesOf, type KpiChange } from './changes';

const change = (title: string) => ({ title }) as KpiChange;

describe('the change behind an alert', () => {
  it('is shown once where nothing was kept with the alert', () => {
    expect(changesOf({ change: change('now') })).toEqual({ now: change('now') });
  });
  it('is shown once where it is found to be the same', () => {
    expect(changesOf({ change: change('now'), changeThen: change('then'), changeSame: true })).toEqual({
      now: change('now'),
    });
  });
  it('is shown as kept and as known now where these differ', () => {
    expect(changesOf({ change: change('now'), changeThen: change('then') })).toEqual({
      then: change('then'),
      now: change('now'),
    });
  });
  it('is shown as kept where it cannot be found again', () => {
    expect(changesOf({ changeThen: change('then') })).toEqual({ then: change('then') });
  });
});
