import { useId, useState } from 'react';
import { useLocation } from 'wouter';
import { titleOf, useBoards } from '../../api/boards';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Fault, Loading, Nothing } from '../../components/states';
import { texts } from '../../texts';
import { handOver, type NewPanel } from '../boards/pending';

/** Chooses the board that a panel goes to; it is placed, reviewed and saved there. */
export function SavePanel({ panel, onClose }: { panel: NewPanel; onClose: () => void }) {
  const text = texts.explore.save;
  const id = useId();
  const boards = useBoards();
  const [, go] = useLocation();
  const open = (boards.data ?? []).filter((stored) => !stored.readOnly);
  const [chosen, setChosen] = useState<string>();
  const [title, setTitle] = useState('');
  const name = chosen ?? open[0]?.board.name;
  const save = () => {
    if (name === undefined) return;
    handOver(name, { ...panel, ...(title.trim() && { title: title.trim() }) });
    go(`/boards/${encodeURIComponent(name)}?edit=1`);
  };
  return (
    <Dialog
      heading={text.panel}
      onClose={onClose}
      actions={
        <Button look="primary" disabled={name === undefined} onClick={save}>
          {text.toBoard}
        </Button>
      }
    >
      {boards.failureReason ? (
        <Fault error={boards.failureReason} onRetry={() => void boards.refetch()} />
      ) : !boards.data ? (
        <Loading height={96} />
      ) : open.length === 0 ? (
        <Nothing>{text.noBoard}</Nothing>
      ) : (
        <div className="form-rows">
          <div className="form-row">
            <label htmlFor={`${id}-board`}>{text.board}</label>
            <select
              className="usa-select select"
              id={`${id}-board`}
              value={name}
              onChange={(e) => setChosen(e.target.value)}
            >
              {open.map(({ board }) => (
                <option key={board.name} value={board.name}>
                  {titleOf(board)}
                </option>
              ))}
            </select>
          </div>
          <div className="form-row">
            <label htmlFor={`${id}-title`}>{text.title}</label>
            <input
              className="usa-input input"
              id={`${id}-title`}
              value={title}
              onChange={(e) => setTitle(e.target.value)}
            />
          </div>
          <p className="muted">{text.next}</p>
        </div>
      )}
    </Dialog>
  );
}
