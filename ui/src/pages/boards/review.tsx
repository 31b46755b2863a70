import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { compareBoard, putBoard, readBoard, type Board, type BoardAnswer } from '../../api/boards';
import { ApiError } from '../../api/fault';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Loading } from '../../components/states';
import { moment } from '../../lib/format';
import { useMinute } from '../../lib/use-minute';
import { texts } from '../../texts';
import { Difference, isEmpty } from './difference';

interface Props {
  readonly name: string;
  readonly board: Board | string;
  /** The version that was changed; undefined where the board may be new. */
  readonly version: number | undefined;
  readonly onSaved: (answer: BoardAnswer) => void;
  readonly onClose: () => void;
  /** Lets the changes go and shows what stands. */
  readonly onTheirs?: () => void;
}

/** Shows how a board would differ, asks why, and saves it. */
export function Review({ name, board, version, onSaved, onClose, onTheirs }: Props) {
  const text = texts.boards.review;
  const id = useId();
  const [why, setWhy] = useState('');
  const [tried, setTried] = useState(false);
  // After a conflict the changes may be held against what stands by then.
  const [against, setAgainst] = useState(version);
  const diff = useQuery({
    queryKey: ['board-diff', name, against, board],
    queryFn: () => compareBoard({ name, board }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const save = useMutation({
    mutationFn: () => putBoard({ name, board, version: against, why: why.trim() }),
    onSuccess: onSaved,
  });
  const moved = save.error instanceof ApiError && save.error.status === 412;
  const submit = () => {
    setTried(true);
    if (why.trim() !== '') save.mutate();
  };
  const nothing = diff.data !== undefined && isEmpty(diff.data.diff) && diff.data.version > 0;
  return (
    <Dialog
      heading={text.heading}
      onClose={onClose}
      actions={
        !moved && (
          <>
            <Button look="primary" disabled={!diff.data || nothing || save.isPending} onClick={submit}>
              {text.save}
            </Button>
            <Button onClick={onClose}>{text.back}</Button>
          </>
        )
      }
    >
      {moved ? (
        <Moved
          name={name}
          onTheirs={onTheirs}
          onMine={(theirs) => {
            setAgainst(theirs);
            save.reset();
          }}
        />
      ) : (
        <>
          {diff.error ? (
            <Refused error={diff.error} />
          ) : diff.data ? (
            <Difference diff={diff.data.diff} />
          ) : (
            <Loading height={120} />
          )}
          {save.error && <Refused error={save.error} />}
          <div className="form-row">
            <label htmlFor={id}>{text.why}</label>
            {tried && why.trim() === '' && (
              <span className="form-fault" id={`${id}-fault`} role="alert">
                {text.whyMissing}
              </span>
            )}
            <input
              className="usa-input input"
              id={id}
              value={why}
              maxLength={500}
              aria-invalid={tried && why.trim() === ''}
              aria-describedby={tried && why.trim() === '' ? `${id}-fault` : undefined}
              onChange={(e) => setWhy(e.target.value)}
              onKeyDown={(e) => e.key === 'Enter' && submit()}
            />
          </div>
        </>
      )}
    </Dialog>
  );
}

/** Why the server did not take a board, fault by fault. */
export function Refused({ error }: { error: Error }) {
  const faults = error instanceof ApiError ? error.errors : [];
  return (
    <div className="fault" role="alert">
      <p>{error instanceof ApiError && error.status === 0 ? texts.errors.unreachable : error.message}</p>
      {faults.length > 0 && (
        <ul>
          {faults.map(({ field, detail, position }, i) => (
            <li key={i}>
              {[position && texts.boards.review.at(position), field].filter(Boolean).join(' ')} {detail}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Somebody else changed the board meanwhile: says who and why, and what can be done. */
function Moved(props: {
  name: string;
  onTheirs?: (() => void) | undefined;
  onMine: (version: number) => void;
}) {
  const text = texts.boards.conflict;
  const now = useMinute();
  const theirs = useQuery({
    queryKey: ['board-theirs', props.name],
    queryFn: ({ signal }) => readBoard(props.name, signal),
    staleTime: 0,
    gcTime: 0,
  });
  const last = theirs.data?.versions.at(-1);
  return (
    <div className="conflict" role="alert" data-testid="conflict">
      <p>
        <strong>{text.heading}</strong>
      </p>
      {last && <p>{text.by(last.who ?? text.somebody, moment(last.at, now), last.why ?? '')}</p>}
      <p>{text.choices}</p>
      <div className="conflict__choices">
        <Button disabled={!theirs.data} onClick={() => theirs.data && props.onMine(theirs.data.version)}>
          {text.mine}
        </Button>
        {props.onTheirs && <Button onClick={props.onTheirs}>{text.theirs}</Button>}
      </div>
    </div>
  );
}
