import { useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { api } from '../../api/client';
import { runSql, sqlName, sqlText, useSqlSchema } from '../../api/sql';
import type { Tags } from '../../api/types';
import { Button } from '../../components/button';
import { Segments } from '../../components/segments';
import { useTagFilter } from '../../lib/url-state';
import { texts } from '../../texts';
import { spanIds, type EventFilter, type SpanId } from './use-events';

interface Props {
  readonly filter: EventFilter;
  readonly onMetric: (metric: string) => void;
  readonly onSpan: (span: SpanId) => void;
  /** The days from and to which, beside the spans that end now. */
  readonly children: ReactNode;
}

/** The values of a tag, the most frequent first. */
function useTagValues(key: string, metric: string) {
  const { data: schema } = useSqlSchema();
  const column = schema?.tables
    .find((table) => table.name === 'events')
    ?.columns.find((c) => c.tag === key)?.name;
  return useQuery({
    queryKey: ['tag-values', column, metric],
    queryFn: async ({ signal }): Promise<readonly string[]> => {
      const name = sqlName(column ?? '');
      const one = metric && !metric.endsWith('*') ? ` AND metric = ${sqlText(metric)}` : '';
      const sql = `SELECT ${name} AS v, count(*) AS n FROM events WHERE time >= now() - INTERVAL 7 DAY AND ${name} IS NOT NULL${one} GROUP BY ALL ORDER BY n DESC`;
      return (await runSql(sql, 100, signal)).rows.map((row) => String(row[0]));
    },
    enabled: column !== undefined,
    staleTime: 60_000,
  });
}

export function EventFilters({ filter, onMetric, onSpan, children }: Props) {
  const text = texts.explore.events;
  const id = useId();
  const metrics = useQuery({ queryKey: ['metrics'], queryFn: ({ signal }) => api.metrics(signal) });
  const [typed, setTyped] = useState(filter.metric);
  const [before, setBefore] = useState(filter.metric);
  if (before !== filter.metric) {
    setBefore(filter.metric);
    setTyped(filter.metric);
  }
  const days = filter.from !== undefined || filter.to !== undefined;
  const keys = [...new Set((metrics.data ?? []).flatMap((m) => m.tagKeys))].sort();
  return (
    <div className="explore__filters" role="group" aria-label={text.filters}>
      <div className="field">
        <label htmlFor={`${id}-metric`}>{text.metric}</label>
        <input
          className="usa-input input"
          id={`${id}-metric`}
          list={`${id}-metrics`}
          placeholder={text.anyMetric}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          aria-describedby={`${id}-metric-hint`}
          onChange={(e) => {
            setTyped(e.target.value);
            // What was chosen from the list counts at once; what is typed, when it is done.
            if (e.target.value === '' || metrics.data?.some((m) => m.metricName === e.target.value))
              onMetric(e.target.value);
          }}
          onBlur={() => onMetric(typed.trim())}
          onKeyDown={(e) => e.key === 'Enter' && onMetric(typed.trim())}
        />
        <span className="usa-sr-only" id={`${id}-metric-hint`}>
          {text.metricHint}
        </span>
        <datalist id={`${id}-metrics`}>
          {metrics.data?.map((m) => (
            <option key={m.metricName} value={m.metricName} />
          ))}
        </datalist>
      </div>
      <ChosenTags tags={filter.tags} />
      <AddTag keys={keys} metric={filter.metric} />
      <Segments
        label={texts.explore.events.span}
        options={spanIds.map((value) => ({ value, label: texts.range.short(value) }))}
        chosen={days ? ('' as SpanId) : filter.span}
        onChoose={onSpan}
      />
      {children}
    </div>
  );
}

function ChosenTags({ tags }: { tags: Tags }) {
  const [, setTag] = useTagFilter();
  const text = texts.explore.events;
  const entries = Object.entries(tags);
  if (entries.length === 0) return null;
  return (
    <ul className="chips" aria-label={text.chosen}>
      {entries.map(([key, value]) => (
        <li key={key} className="chip">
          <span>
            <span className="tag__key">{key}</span> {value === '' ? texts.filter.none : value}
          </span>
          <button
            type="button"
            className="chip__remove"
            aria-label={text.removeTag(key, value)}
            onClick={() => setTag(key, undefined)}
          >
            <svg viewBox="0 0 12 12" aria-hidden="true">
              <path d="M2 2l8 8M10 2l-8 8" />
            </svg>
          </button>
        </li>
      ))}
    </ul>
  );
}

function AddTag({ keys, metric }: { keys: readonly string[]; metric: string }) {
  const text = texts.explore.events;
  const id = useId();
  const [, setTag] = useTagFilter();
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const values = useTagValues(key, metric);
  return (
    <form
      className="explore__tag"
      onSubmit={(e) => {
        e.preventDefault();
        if (key.trim() === '') return;
        setTag(key.trim(), value);
        setKey('');
        setValue('');
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-key`}>{text.tag}</label>
        <input
          className="usa-input input"
          id={`${id}-key`}
          list={`${id}-keys`}
          value={key}
          autoComplete="off"
          spellCheck={false}
          onChange={(e) => setKey(e.target.value)}
        />
        <datalist id={`${id}-keys`}>
          {keys.map((k) => (
            <option key={k} value={k} />
          ))}
        </datalist>
      </div>
      <div className="field">
        <label htmlFor={`${id}-value`}>{text.is}</label>
        <input
          className="usa-input input"
          id={`${id}-value`}
          list={`${id}-values`}
          value={value}
          autoComplete="off"
          spellCheck={false}
          onChange={(e) => setValue(e.target.value)}
        />
        <datalist id={`${id}-values`}>
          {values.data?.map((v) => (
            <option key={v} value={v} />
          ))}
        </datalist>
      </div>
      <Button type="submit" disabled={key.trim() === ''}>
        {text.add}
      </Button>
    </form>
  );
}
