import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useId, useRef, useState } from 'react';
import { ApiError } from '../../api/fault';
import { runSql, useSqlSchema, type SqlAnswer } from '../../api/sql';
import { Button } from '../../components/button';
import { Panel } from '../../components/panel';
import { Segments } from '../../components/segments';
import { Loading } from '../../components/states';
import { count } from '../../lib/format';
import { useParam } from '../../lib/url-state';
import { texts } from '../../texts';
import { exampleIds, examples, type Example } from './examples';
import { SaveSql } from './save-sql';
import { SchemaList } from './schema-list';
import { showable, type Show } from './shape';
import type { Given, SqlFault } from './sql-editor';
import { SqlResult } from './sql-result';

const SqlEditor = lazy(() => import('./sql-editor'));

const rowLimit = 1000;

interface Run {
  readonly sql: string;
  readonly answer: SqlAnswer;
}

function faultOf(error: unknown): SqlFault {
  if (!(error instanceof ApiError)) return { detail: String(error) };
  const [first] = error.errors;
  const [line, column] = (first?.position ?? '').split(':').map(Number);
  return {
    detail:
      error.status === 0 ? texts.errors.unreachable : (first?.detail ?? (error.detail || error.message)),
    line: line || undefined,
    column: column || undefined,
  };
}

/** Questions in SQL, and their answers. */
export function SqlView() {
  const text = texts.explore.sql;
  const id = useId();
  const schema = useSqlSchema();
  const [kept, setKept] = useParam<string>('sql', examples.opened);
  const [given, setGiven] = useState<Given>({ query: kept });
  const [query, setQuery] = useState(kept);
  const running = useRef<AbortController>(undefined);
  const run = useMutation({
    mutationFn: async (sql: string): Promise<Run> => {
      running.current?.abort();
      running.current = new AbortController();
      return { sql, answer: await runSql(sql, rowLimit, running.current.signal) };
    },
  });
  const start = (sql: string) => {
    if (sql.trim() === '') return;
    setKept(sql);
    run.mutate(sql);
  };
  useEffect(() => () => running.current?.abort(), []);
  const fault = run.error ? faultOf(run.error) : undefined;

  return (
    <div className="explore__sql">
      <Panel
        name="sql"
        heading={text.heading}
        actions={
          <div className="field">
            <label htmlFor={`${id}-examples`}>{text.example}</label>
            <select
              className="usa-select select"
              id={`${id}-examples`}
              value={exampleIds.find((e) => examples[e] === query) ?? ''}
              onChange={(e) => e.target.value && setGiven({ query: examples[e.target.value as Example] })}
            >
              <option value="">{text.chooseExample}</option>
              {exampleIds.map((example) => (
                <option key={example} value={example}>
                  {texts.explore.examples[example]}
                </option>
              ))}
            </select>
          </div>
        }
      >
        <Suspense fallback={<Loading height={150} />}>
          <SqlEditor
            given={given}
            onChange={setQuery}
            onRun={start}
            schema={schema.data}
            fault={useFixed(fault)}
            describedBy={`${id}-hint`}
          />
        </Suspense>
        <div className="explore__run">
          <Button look="primary" onClick={() => start(query)} disabled={run.isPending}>
            {run.isPending ? text.running : text.run}
          </Button>
          <p className="explore__hint" id={`${id}-hint`}>
            {text.hint}
          </p>
        </div>
        {fault && (
          <div className="fault" role="alert">
            <p>
              {fault.line !== undefined && <strong>{text.at(fault.line, fault.column ?? 1)} </strong>}
              {fault.detail}
            </p>
          </div>
        )}
      </Panel>
      {run.data && <Answer run={run.data} pending={run.isPending} />}
      {!run.data && run.isPending && <Loading height={320} />}
      <SchemaList schema={schema.data} />
    </div>
  );
}

/** The same fault is the same object, so that the editor does not jump to it at each key. */
function useFixed(fault: SqlFault | undefined): SqlFault | undefined {
  const [held, setHeld] = useState(fault);
  if (JSON.stringify(held) !== JSON.stringify(fault)) setHeld(fault);
  return held;
}

function Answer({ run, pending }: { run: Run; pending: boolean }) {
  const { answer, sql } = run;
  const text = texts.explore.sql;
  const ways = showable(answer);
  const [wanted, setWanted] = useState<Show>();
  const best = ways.at(-1) ?? 'table';
  const show =
    wanted && ways.includes(wanted) ? wanted : best === 'bar' && ways.includes('line') ? 'line' : best;
  return (
    <Panel
      name="answer"
      heading={text.answer}
      note={text.facts(count(answer.rows.length), count(Math.round(answer.elapsedMs)), count(answer.asOf))}
      actions={
        <div className="explore__tools">
          {ways.length > 1 && (
            <Segments
              label={text.showAs}
              options={ways.map((value) => ({ value, label: text.shows[value] }))}
              chosen={show}
              onChoose={setWanted}
            />
          )}
          <SaveSql sql={sql} show={show} />
        </div>
      }
    >
      <div
        className={pending ? 'explore__answer explore__answer--old' : 'explore__answer'}
        aria-busy={pending}
        data-testid="sql-answer"
      >
        <p className="usa-sr-only" role="status">
          {text.done(count(answer.rows.length))}
        </p>
        {answer.truncated && <p className="sql__note">{text.truncated(count(answer.rows.length))}</p>}
        <SqlResult answer={answer} show={show} caption={text.answer} />
      </div>
    </Panel>
  );
}
