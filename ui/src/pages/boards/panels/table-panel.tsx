import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { BoardPanel } from '../../../api/boards';
import { kpiValue } from '../../../api/kpis';
import type { Kpi, KpiSeries } from '../../../api/types';
import { DataTable, type Column } from '../../../components/data-table';
import { StateBadge } from '../../../components/state-badge';
import { Fault, Loading, Nothing } from '../../../components/states';
import { count } from '../../../lib/format';
import { valueText } from '../../../lib/units';
import { useFlag } from '../../../lib/url-state';
import { texts } from '../../../texts';
import { refresh, useKpi } from './context';
import { ordered } from './order';

export function TablePanel({ panel, title }: { panel: BoardPanel; title: string }) {
  const kpi = useKpi(panel.kpi);
  const [paused] = useFlag('paused');
  const by = panel.by ?? '';
  const answer = useQuery({
    queryKey: ['kpi-value', panel.kpi, { window: panel.window, by: [by] }],
    queryFn: ({ signal }) =>
      kpiValue(panel.kpi ?? '', { by: [by], ...(panel.window && { window: panel.window }) }, signal),
    enabled: kpi !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: paused ? false : refresh,
  });
  if (!kpi) return <Nothing>{texts.boards.noKpi(panel.kpi ?? '')}</Nothing>;
  if (answer.error && !answer.data)
    return <Fault error={answer.error} onRetry={() => void answer.refetch()} />;
  if (!answer.data) return <Loading height={120} />;
  const rows = ordered(answer.data.series.slice(1), kpi, panel.order).slice(0, panel.limit ?? 100);
  return <Groups rows={rows} by={by} kpi={kpi} title={title} />;
}

function Groups({
  rows,
  by,
  kpi,
  title,
}: {
  rows: readonly KpiSeries[];
  by: string;
  kpi: Kpi;
  title: string;
}) {
  const text = texts.boards;
  const name = (row: KpiSeries) => row.tags[by] || texts.filter.none;
  const columns: readonly Column<KpiSeries>[] = [
    { id: 'group', heading: by, header: true, sort: name, cell: name },
    {
      id: 'value',
      heading: text.value,
      number: true,
      sort: (row) => row.value ?? -Infinity,
      cell: (row) => <data value={row.value ?? ''}>{valueText(row.value, kpi.unit)}</data>,
    },
    {
      id: 'state',
      heading: text.state,
      cell: (row) => <StateBadge state={row.state} quiet={row.state === 'ok'} />,
    },
    { id: 'n', heading: texts.table.n, number: true, sort: (row) => row.n, cell: (row) => count(row.n) },
  ];
  return <DataTable caption={title} columns={columns} rows={rows} rowKey={name} />;
}
