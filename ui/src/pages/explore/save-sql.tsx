import { useState } from 'react';
import { useLocation } from 'wouter';
import { useRole } from '../../api/session';
import { Button } from '../../components/button';
import { texts } from '../../texts';
import { draftOfSql } from './draft';
import { draftAddress } from './draft-address';
import { SavePanel } from './save-panel';
import type { Show } from './shape';

/** What can be made of a query that answered: a panel, and where it counts events, a KPI. */
export function SaveSql({ sql, show }: { sql: string; show: Show }) {
  const text = texts.explore.save;
  const [open, setOpen] = useState(false);
  const [, go] = useLocation();
  const may = useRole('operate');
  const draft = draftOfSql(sql);
  const definitions = draft && draftAddress(draft);
  if (!may) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{text.asPanel}</Button>
      {definitions !== undefined && <Button onClick={() => go(definitions)}>{text.asKpi}</Button>}
      {open && <SavePanel panel={{ type: 'sql', sql, show }} onClose={() => setOpen(false)} />}
    </>
  );
}
