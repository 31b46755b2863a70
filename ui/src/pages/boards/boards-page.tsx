import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { titleOf, useBoards, type StoredBoard } from '../../api/boards';
import { useRole } from '../../api/session';
import { Button } from '../../components/button';
import { Fault, Loading, Nothing } from '../../components/states';
import { moment } from '../../lib/format';
import { useKeptFilter } from '../../lib/url-state';
import { useMinute } from '../../lib/use-minute';
import { texts } from '../../texts';
import { ImportBoard } from './import-board';
import { NewBoard } from './new-board';

/** The dashboards that people composed. */
export default function BoardsPage() {
  const text = texts.boards;
  const boards = useBoards();
  const client = useQueryClient();
  const [, go] = useLocation();
  const may = useRole('operate');
  const [open, setOpen] = useState<'new' | 'import'>();
  useEffect(() => {
    document.title = `${texts.pages.boards} · ${texts.product}`;
  });
  const made = (edit: boolean) => (name: string) => {
    void client.invalidateQueries({ queryKey: ['boards'] });
    client.removeQueries({ queryKey: ['board', name] });
    go(`/boards/${encodeURIComponent(name)}${edit ? '?edit=1' : ''}`);
  };
  return (
    <>
      <div className="page__top">
        <div>
          <h1 className="page__title">{texts.pages.boards}</h1>
          <p className="headline__note">{text.lead}</p>
        </div>
        {may && (
          <div className="boards__tools">
            <Button look="primary" onClick={() => setOpen('new')}>
              {text.make.open}
            </Button>
            <Button onClick={() => setOpen('import')}>{text.import.open}</Button>
          </div>
        )}
      </div>
      {boards.failureReason && !boards.data ? (
        <Fault error={boards.failureReason} onRetry={() => void boards.refetch()} />
      ) : !boards.data ? (
        <Loading height={240} />
      ) : boards.data.length === 0 ? (
        <Nothing height={240}>{text.noBoards}</Nothing>
      ) : (
        <ul className="boards">
          {boards.data.map((stored) => (
            <Card key={stored.board.name} stored={stored} />
          ))}
        </ul>
      )}
      {open === 'new' && (
        <NewBoard boards={boards.data ?? []} onMade={made(true)} onClose={() => setOpen(undefined)} />
      )}
      {open === 'import' && (
        <ImportBoard boards={boards.data ?? []} onMade={made(false)} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
}

function Card({ stored }: { stored: StoredBoard }) {
  const text = texts.boards;
  const kept = useKeptFilter();
  const now = useMinute();
  const { board, origin, file } = stored;
  const last = stored.versions.at(-1);
  return (
    <li className="panel board-card">
      <h2 className="board-card__title">
        <Link href={kept(`/boards/${encodeURIComponent(board.name ?? '')}`)}>{titleOf(board)}</Link>
      </h2>
      {board.description && <p>{board.description}</p>}
      <p className="muted">
        {[
          text.versions.panels(board.panels.length),
          text.origins[origin],
          origin === 'file' ? file : undefined,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {last && (
        <p className="muted">{text.changed(moment(last.at, now), last.who ?? text.conflict.somebody)}</p>
      )}
    </li>
  );
}
