import { describe, expect, it } from 'vitest';
import { draftOfFilter, draftOfSql, draftYaml } from './draft';

describe('a draft of a KPI', () => {
  it('says what a filter selects', () => {
    expect(draftOfFilter('case.opened', {}).expr).toBe('count("case.opened")');
    expect(draftOfFilter('case.opened', { office: 'north', 'odd.key': 'a "b"' }).expr).toBe(
      'count("case.opened", office == "north" and tag["odd.key"] == "a \\"b\\"")',
    );
  });

  it('says what of a query it can', () => {
    expect(draftOfSql("SELECT count(*) FROM events WHERE metric = 'case.opened'")?.expr).toBe(
      'count("case.opened")',
    );
    expect(
      draftOfSql(
        `SELECT avg(value) FROM events WHERE metric='call.answered' AND queue = 'it''s' AND "agentId" = 'a1'`,
      )?.expr,
    ).toBe('avg("call.answered", queue == "it\'s" and agentId == "a1")');
    expect(draftOfSql("SELECT median(value) FROM events WHERE metric = 'm'")?.expr).toBe(
      'quantile(0.5, "m")',
    );
    expect(draftOfSql("SELECT max(time) FROM events WHERE metric = 'm'")?.expr).toBe('count("m")');
  });

  it('is none where the query has no metric', () => {
    expect(draftOfSql('SELECT count(*) FROM events')).toBeUndefined();
    expect(draftOfSql("SELECT count(*) FROM alerts WHERE metric = 'm'")).toBeUndefined();
  });

  it('is YAML', () => {
    expect(draftYaml({ name: 'n', expr: 'count("m", a == "it\'s")' })).toBe(
      'name: n\ntype: custom\nexpr: \'count("m", a == "it\'\'s")\'\nwindow: 1d\n',
    );
  });
});
