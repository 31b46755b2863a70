import { useQueryClient } from '@tanstack/react-query';
import { memo, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { boardOf, readBoard, titleOf, useBoard, type Board, type StoredBoard } from '../../api/boards';
import { ApiError } from '../../api/fault';
import { useRole } from '../../api/session';
import type { Kpi } from '../../api/types';
import { Button } from '../../components/button';
import { Fault, Nothing, PageLoading } from '../../components/states';
import { zoneName } from '../../lib/format';
import { useFlag } from '../../lib/url-state';
import { useMinute } from '../../lib/use-minute';
import { useKpiFeed } from '../../live/use-kpis';
import { texts } from '../../texts';
import type { PageProps } from '..';
import { BoardGrid } from './board-grid';
import { DeleteBoard } from './delete-board';
import { addPanel } from './draft';
import { Editor } from './editor';
import { saveYaml } from './export';
import { readingOrder } from './grid';
import { BoardFeed, BoardKpis } from './panels/context';
import { takeOver } from './pending';
import { Versions } from './versions';

/** A draft begins in reading order, with the panel that another page handed over. */
function draftOf(stored: StoredBoard): Board {
  const board = boardOf(stored);
  const begun = { ...board, panels: readingOrder(board.panels) };
  const panel = takeOver(board.name);
  return panel ? addPanel(begun, panel).board : begun;
}

const noKpis: readonly Kpi[] = [];

export default function BoardPage({ params }: PageProps) {
  const name = params['name'] ?? '';
  const stored = useBoard(name);
  const { list, feed } = useKpiFeed();
  const text = texts.boards;
  useEffect(() => {
    document.title = `${stored.data ? titleOf(stored.data.board) : texts.pages.boards} · ${texts.product}`;
  });
  if (stored.error instanceof ApiError && stored.error.status === 404) {
    return (
      <>
        <h1 className="page__title">{text.unknown(name)}</h1>
        <Nothing>
          <Link href="/boards">{text.all}</Link>
        </Nothing>
      </>
    );
  }
  if (!stored.data) {
    return stored.failureReason ? (
      <>
        <h1 className="page__title">{name}</h1>
        <Fault error={stored.failureReason} onRetry={() => void stored.refetch()} />
      </>
    ) : (
      <PageLoading />
    );
  }
  return (
    <BoardKpis value={list.data ?? noKpis}>
      <BoardFeed value={feed}>
        {list.data ? <Loaded key={name} stored={stored.data} /> : <PageLoading />}
      </BoardFeed>
    </BoardKpis>
  );
}

interface Editing {
  /** What the draft began from: 412 tells where it is no longer so. */
  readonly version: number;
  readonly draft: Board;
}

const Loaded = memo(function Loaded({ stored }: { stored: StoredBoard }) {
  const board = boardOf(stored);
  const may = useRole('operate') && !stored.readOnly;
  const client = useQueryClient();
  const [editFlag, setEditFlag] = useFlag('edit');
  const [editing, setEditing] = useState<Editing | undefined>(() =>
    editFlag && may ? { version: stored.version, draft: draftOf(stored) } : undefined,
  );
  const begin = (draft: Board, version = stored.version) => {
    setEditing({ draft, version });
    setEditFlag(true);
  };
  const end = () => {
    setEditing(undefined);
    setEditFlag(false);
  };
  return editing ? (
    <Editor
      name={board.name}
      draft={editing.draft}
      version={editing.version}
      onChange={(draft) => setEditing({ ...editing, draft })}
      onSaved={() => {
        void client.invalidateQueries({ queryKey: ['board', board.name] });
        void client.invalidateQueries({ queryKey: ['boards'] });
        end();
      }}
      onCancel={end}
      onTheirs={() => {
        void readBoard(board.name).then((theirs) => {
          client.setQueryData(['board', board.name], theirs);
          setEditing({ version: theirs.version, draft: draftOf(theirs) });
        });
      }}
    />
  ) : (
    <View
      stored={stored}
      may={may}
      onEdit={() => begin(draftOf(stored))}
      onRestore={(draft) => begin(draft)}
    />
  );
});

interface ViewProps {
  readonly stored: StoredBoard;
  readonly may: boolean;
  readonly onEdit: () => void;
  readonly onRestore: (board: Board) => void;
}

function View({ stored, may, onEdit, onRestore }: ViewProps) {
  const board = boardOf(stored);
  const text = texts.boards;
  const now = useMinute();
  const client = useQueryClient();
  const [, go] = useLocation();
  const [open, setOpen] = useState<'versions' | 'delete'>();
  return (
    <>
      <div className="page__top">
        <div>
          <p className="boards__up">
            <Link href="/boards">{texts.pages.boards}</Link>
          </p>
          <h1 className="page__title">{titleOf(board)}</h1>
          <p className="headline__note">
            {[board.description, texts.zone(zoneName(now))].filter(Boolean).join(' · ')}
          </p>
        </div>
        <div className="boards__tools">
          {may && <Button onClick={onEdit}>{text.edit}</Button>}
          <Button onClick={() => void saveYaml(board.name)}>{text.export}</Button>
          <Button onClick={() => setOpen('versions')}>{text.versions.heading}</Button>
          {may && stored.origin === 'api' && (
            <Button look="danger" onClick={() => setOpen('delete')}>
              {text.delete.open}
            </Button>
          )}
        </div>
      </div>
      {stored.readOnly && <p className="boards__note">{text.fromFile(stored.file ?? '')}</p>}
      {board.panels.length === 0 ? (
        <Nothing height={200}>{may ? text.emptyEdit : text.empty}</Nothing>
      ) : (
        <BoardGrid board={board} />
      )}
      {open === 'versions' && (
        <Versions
          stored={stored}
          may={may}
          onClose={() => setOpen(undefined)}
          onRestore={(then) => {
            setOpen(undefined);
            onRestore(then);
          }}
        />
      )}
      {open === 'delete' && (
        <DeleteBoard
          name={board.name}
          version={stored.version}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            void client.invalidateQueries({ queryKey: ['boards'] });
            client.removeQueries({ queryKey: ['board', board.name] });
            go('/boards');
          }}
        />
      )}
    </>
  );
}
