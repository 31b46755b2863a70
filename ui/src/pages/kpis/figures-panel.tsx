import type { Kpi } from '../../api/types';
import { DataTable, type Column } from '../../components/data-table';
import { Panel } from '../../components/panel';
import {
  clearedIn,
  conflictLevels,
  factsOf,
  type ConflictFigures,
  type LevelFigures,
} from '../../lib/figures';
import { count, percent } from '../../lib/format';
import { texts } from '../../texts';

interface Props {
  readonly kpi: Kpi;
  readonly figures: unknown;
}

/** What the value is made of: counts, times, and how conflicts clear. */
export function FiguresPanel({ kpi, figures }: Props) {
  if (!figures || kpi.type === 'custom') return null;
  const facts = kpi.type === 'conflict' ? [] : factsOf(figures);
  return (
    <Panel name="figures" heading={texts.figures.heading} note={texts.tile.window(kpi.window)}>
      {kpi.type === 'conflict' && <Conflicts figures={figures} />}
      {kpi.type === 'sla' && <Adherence figures={figures as Record<string, Share | undefined>} />}
      {facts.length > 0 && (
        <dl className="facts facts--row">
          {facts.map(({ path, name, text }) => (
            <div key={path}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
      {kpi.type === 'satisfaction' && <Answers figures={figures} />}
    </Panel>
  );
}

function Conflicts({ figures }: { figures: ConflictFigures }) {
  const text = texts.figures.conflicts;
  type Row = readonly [string, LevelFigures];
  const rows = conflictLevels.flatMap((level): Row[] => {
    const found = figures[level];
    return found ? [[level, found]] : [];
  });
  const columns: Column<Row>[] = [
    { id: 'level', heading: text.level, header: true, cell: ([level]) => texts.figures.level(level) },
    { id: 'began', heading: text.began, number: true, cell: ([, f]) => count(f.started) },
    { id: 'open', heading: text.open, number: true, cell: ([, f]) => count(f.open) },
    {
      id: 'rate',
      heading: text.rate,
      number: true,
      cell: ([, f]) => (f.rate === null ? '–' : percent(f.rate)),
    },
    { id: 'median', heading: text.median, number: true, cell: ([, f]) => cleared(f, f.clearance.median) },
    { id: 'p90', heading: text.p90, number: true, cell: ([, f]) => cleared(f, f.clearance.p90) },
  ];
  return <DataTable caption={text.caption} columns={columns} rows={rows} rowKey={([level]) => level} />;
}

const cleared = (f: LevelFigures, seconds: number | null) => (f.started === 0 ? '–' : clearedIn(seconds));

interface Share {
  readonly met: number;
  readonly total: number;
  readonly ratio: number | null;
}

function Adherence({ figures }: { figures: Record<string, Share | undefined> }) {
  const text = texts.figures.sla;
  type Row = readonly [string, Share];
  const rows = ['due', 'closed', 'closed_and_overdue'].flatMap((id): Row[] => {
    const found = figures[id];
    return found ? [[id, found]] : [];
  });
  const columns: Column<Row>[] = [
    { id: 'figure', heading: text.figure, header: true, cell: ([id]) => text.name(id) },
    { id: 'met', heading: text.met, number: true, cell: ([, s]) => count(s.met) },
    { id: 'total', heading: text.total, number: true, cell: ([, s]) => count(s.total) },
    {
      id: 'ratio',
      heading: text.ratio,
      number: true,
      cell: ([, s]) => (s.ratio === null ? '–' : percent(s.ratio)),
    },
  ];
  return <DataTable caption={text.caption} columns={columns} rows={rows} rowKey={([id]) => id} />;
}

function Answers({ figures }: { figures: { distribution?: Record<string, number> } }) {
  const text = texts.figures.answers;
  const given = Object.entries(figures.distribution ?? {}).toSorted(([a], [b]) => Number(a) - Number(b));
  const total = given.reduce((sum, [, n]) => sum + n, 0);
  if (total === 0) return null;
  type Row = readonly [string, number];
  const columns: Column<Row>[] = [
    { id: 'answer', heading: text.answer, header: true, cell: ([answer]) => answer },
    { id: 'given', heading: text.given, number: true, cell: ([, n]) => count(n) },
    { id: 'share', heading: text.share, number: true, cell: ([, n]) => percent(n / total) },
  ];
  return <DataTable caption={text.caption} columns={columns} rows={given} rowKey={([answer]) => answer} />;
}
