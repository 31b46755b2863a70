import { useMemo } from 'react';
import type { SqlAnswer } from '../../api/sql';
import { ChartFigure } from '../../components/chart-figure';
import { DataTable, type Column } from '../../components/data-table';
import { Nothing } from '../../components/states';
import { count, iso, value as exact, weekdayTime } from '../../lib/format';
import { texts } from '../../texts';
import { barsOf, cellText, isNumber, isTime, linesOf, numberOf, showable, type Show } from './shape';

interface Props {
  readonly answer: SqlAnswer;
  readonly show: Show;
  readonly caption: string;
  readonly height?: number;
  readonly pageSize?: number;
}

/** The answer to a query: as a table, or as what its columns allow. */
export function SqlResult(props: Props) {
  const { answer, show } = props;
  const text = texts.explore.sql;
  if (answer.rows.length === 0) return <Nothing>{text.noRows}</Nothing>;
  if (show !== 'table' && !showable(answer).includes(show)) {
    return (
      <>
        <p className="sql__note">{text.notShown(text.shows[show])}</p>
        <ResultTable {...props} />
      </>
    );
  }
  switch (show) {
    case 'line':
      return <ResultLines {...props} />;
    case 'bar':
      return <ResultBars {...props} />;
    case 'number': {
      const n = numberOf(answer.rows[0]?.[0]) ?? 0;
      return (
        <p className="sql__number">
          <data value={n}>{exact(n)}</data> <span className="muted">{answer.columns[0]?.name}</span>
        </p>
      );
    }
    case 'table':
      return <ResultTable {...props} />;
  }
}

function cell(type: string, v: unknown) {
  if (v === null || v === undefined) return <span className="muted">{texts.explore.sql.null}</span>;
  if (isTime(type)) {
    const at = Date.parse(typeof v === 'string' ? v : '');
    if (!Number.isNaN(at)) return <time dateTime={iso(at)}>{weekdayTime(at)}</time>;
  }
  if (typeof v === 'number') return <data value={v}>{exact(v)}</data>;
  return cellText(v);
}

function ResultTable({ answer, caption, pageSize = 50 }: Props) {
  const columns = answer.columns.map(({ name, type }, i): Column<readonly unknown[]> => ({
    // Two columns of an answer may have one name.
    id: String(i),
    heading: name,
    number: isNumber(type),
    sort: (row) =>
      isNumber(type) ? (numberOf(row[i]) ?? -Infinity) : row[i] == null ? '' : cellText(row[i]),
    cell: (row) => cell(type, row[i]),
  }));
  const places = useMemo(() => new Map(answer.rows.map((row, i) => [row, String(i)])), [answer.rows]);
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={answer.rows}
      rowKey={(row) => places.get(row) ?? ''}
      pageSize={pageSize}
    />
  );
}

function ResultLines({ answer, caption, height = 260 }: Props) {
  const lines = useMemo(() => linesOf(answer), [answer]);
  const known = lines.series.flatMap((s) => s.values.filter((v) => v !== null));
  const [first = 0, last = 0] = [lines.times[0], lines.times.at(-1)];
  const text = texts.explore.sql;
  return (
    <>
      <ChartFigure
        caption={caption}
        series={lines.series.map((s, i) => ({
          label: s.label,
          colour: `--series-${i + 1}`,
          points: lines.times.length < 40,
        }))}
        data={[lines.times, ...lines.series.map((s) => s.values)]}
        from={first}
        to={last}
        height={height}
        lowest={Math.min(0, ...known)}
        whole={known.every(Number.isInteger)}
        summary={text.lineSummary(
          caption,
          count(lines.times.length),
          exact(Math.min(...known)),
          exact(Math.max(...known)),
        )}
      />
      {lines.left > 0 && <p className="sql__note">{text.moreLines(lines.left)}</p>}
    </>
  );
}

const mostBars = 50;

/** Bars in a table: whoever does not see them reads the numbers. */
function ResultBars({ answer, caption }: Props) {
  const bars = useMemo(() => barsOf(answer), [answer]);
  const most = Math.max(...bars.map((bar) => Math.abs(bar.value)), 0);
  const [label, value] = [
    answer.columns.filter(({ type }) => !isNumber(type) && !isTime(type)),
    answer.columns.find(({ type }) => isNumber(type)),
  ];
  return (
    // The region scrolls, so the keyboard must reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="scroll bars__scroll" tabIndex={0} role="region" aria-label={caption}>
      <table className="bars">
        <caption className="usa-sr-only">{caption}</caption>
        <thead className="usa-sr-only">
          <tr>
            <th scope="col">{label.map((c) => c.name).join(', ')}</th>
            <th scope="col">{value?.name}</th>
          </tr>
        </thead>
        <tbody>
          {bars.slice(0, mostBars).map((bar, i) => (
            <tr key={i}>
              <th scope="row">{bar.label}</th>
              <td>
                <span className="bars__cell">
                  <span
                    className="bars__bar"
                    style={{ width: most === 0 ? 0 : `${(Math.abs(bar.value) / most) * 100}%` }}
                    aria-hidden="true"
                  />
                  <data value={bar.value}>{exact(bar.value)}</data>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {bars.length > mostBars && (
        <p className="sql__note">{texts.explore.sql.moreBars(bars.length - mostBars)}</p>
      )}
    </div>
  );
}
