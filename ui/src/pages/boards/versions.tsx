import type { Board, StoredBoard } from '../../api/boards';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Nothing } from '../../components/states';
import { iso, moment } from '../../lib/format';
import { useMinute } from '../../lib/use-minute';
import { texts } from '../../texts';

interface Props {
  readonly stored: StoredBoard;
  readonly may: boolean;
  readonly onRestore: (board: Board) => void;
  readonly onClose: () => void;
}

/** Who changed a board, when, and why; the newest first. */
export function Versions({ stored, may, onRestore, onClose }: Props) {
  const text = texts.boards.versions;
  const now = useMinute();
  return (
    <Dialog side heading={text.heading} onClose={onClose}>
      {stored.versions.length === 0 ? (
        <Nothing>{text.none}</Nothing>
      ) : (
        <ol className="versions">
          {stored.versions.toReversed().map((v) => (
            <li key={v.version}>
              <p>
                <strong>{text.version(v.version)}</strong>{' '}
                <time dateTime={iso(v.at)}>{moment(v.at, now)}</time>
                {v.version === stored.version && <span className="muted"> {text.current}</span>}
              </p>
              <p>{v.why ?? <span className="muted">{text.noReason}</span>}</p>
              <p className="muted">
                {v.who ?? texts.boards.conflict.somebody}
                {v.board ? ` · ${text.panels(v.board.panels.length)}` : ` · ${text.takenBack}`}
              </p>
              {may && v.board && v.version !== stored.version && (
                <Button onClick={() => onRestore({ ...(v.board as Board), name: stored.board.name ?? '' })}>
                  {text.restore}
                </Button>
              )}
            </li>
          ))}
        </ol>
      )}
    </Dialog>
  );
}
