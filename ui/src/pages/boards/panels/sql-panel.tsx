import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { BoardPanel } from '../../../api/boards';
import { runSql } from '../../../api/sql';
import { Fault, Loading } from '../../../components/states';
import { useFlag } from '../../../lib/url-state';
import { SqlResult } from '../../explore/sql-result';

/** Queries cost the server more than KPIs do, and two run at once at most: they are asked once a minute. */
const poll = 60_000;

export function SqlPanel({ panel, title, height }: { panel: BoardPanel; title: string; height: number }) {
  const [paused] = useFlag('paused');
  const sql = panel.sql ?? '';
  const limit = panel.limit ?? 100;
  const answer = useQuery({
    queryKey: ['board-sql', sql, limit],
    queryFn: ({ signal }) => runSql(sql, limit, signal),
    placeholderData: keepPreviousData,
    refetchInterval: paused ? false : poll,
    staleTime: poll / 2,
  });
  if (answer.error && !answer.data)
    return <Fault error={answer.error} onRetry={() => void answer.refetch()} />;
  if (!answer.data) return <Loading height={120} />;
  return (
    <SqlResult
      answer={answer.data}
      show={panel.show ?? 'table'}
      caption={title}
      height={height}
      pageSize={20}
    />
  );
}
