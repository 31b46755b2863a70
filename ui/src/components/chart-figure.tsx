import { useMemo, useState } from 'react';
import { iso, value as exact, weekdayTime } from '../lib/format';
import { texts } from '../texts';
import { Chart, type ChartProps, type ChartSeries } from './chart';
import { DataTable, type Column } from './data-table';
import { Swatch } from './shapes';

type Row = readonly (number | null)[];

/** A chart with its one-sentence summary and, on demand, the table of what it draws. */
export function ChartFigure(props: ChartProps & { readonly caption: string; readonly tableTime?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="figure">
      <Chart {...props} />
      {props.series.length > 1 && !props.band && <Legend series={props.series} />}
      <details className="behind" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
        <summary>
          {texts.table.show}
          <span className="usa-sr-only">: {props.caption}</span>
        </summary>
        {open && <Behind {...props} />}
      </details>
    </div>
  );
}

/** Which line is which: a band explains itself, several lines do not. */
function Legend({ series }: { series: readonly ChartSeries[] }) {
  return (
    <ul className="key">
      {series.map(({ label, colour, dash = [] }) => (
        <li className="key__series" key={label}>
          <Swatch colour={colour} dash={dash} /> {label}
        </li>
      ))}
    </ul>
  );
}

function Behind({
  data,
  series,
  format = exact,
  caption,
  tableTime,
}: ChartProps & { readonly caption: string; readonly tableTime?: string }) {
  const rows = useMemo<readonly Row[]>(
    () =>
      (data[0] ?? [])
        .map((_, i) => data.map((column) => column[i] ?? null))
        .filter((row) => row.slice(1).some((v) => v !== null))
        .reverse(),
    [data],
  );
  const columns: readonly Column<Row>[] = [
    {
      id: 'time',
      heading: tableTime ?? texts.table.time,
      sort: (row) => row[0] ?? 0,
      cell: (row) => <time dateTime={iso(row[0] ?? 0)}>{weekdayTime(row[0] ?? 0)}</time>,
      header: true,
    },
    ...series.map((s, i): Column<Row> => ({
      id: String(i),
      heading: s.label,
      number: true,
      sort: (row) => row[i + 1] ?? -Infinity,
      cell: (row) => {
        const v = row[i + 1];
        if (v == null) return <span className="muted">{texts.table.noValue}</span>;
        return (
          <data value={v} title={exact(v)}>
            {format(v)}
          </data>
        );
      },
    })),
  ];
  return <DataTable caption={caption} columns={columns} rows={rows} rowKey={(row) => String(row[0])} />;
}
