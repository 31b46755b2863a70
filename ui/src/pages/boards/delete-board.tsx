import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { deleteBoard } from '../../api/boards';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { texts } from '../../texts';
import { Refused } from './review';

interface Props {
  readonly name: string;
  readonly version: number;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function DeleteBoard({ name, version, onDone, onClose }: Props) {
  const text = texts.boards.delete;
  const id = useId();
  const [why, setWhy] = useState('');
  const gone = useMutation({ mutationFn: () => deleteBoard(name, version, why.trim()), onSuccess: onDone });
  return (
    <Dialog
      heading={text.heading(name)}
      onClose={onClose}
      actions={
        <>
          <Button look="danger" disabled={why.trim() === '' || gone.isPending} onClick={() => gone.mutate()}>
            {text.confirm}
          </Button>
          <Button onClick={onClose}>{texts.boards.cancel}</Button>
        </>
      }
    >
      <p>{text.lead}</p>
      {gone.error && <Refused error={gone.error} />}
      <div className="form-row">
        <label htmlFor={id}>{texts.boards.review.why}</label>
        <input
          className="usa-input input"
          id={id}
          value={why}
          maxLength={500}
          onChange={(e) => setWhy(e.target.value)}
        />
      </div>
    </Dialog>
  );
}
