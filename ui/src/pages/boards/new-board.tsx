import { useId, useState } from 'react';
import { titleOf, type Board, type StoredBoard } from '../../api/boards';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { texts } from '../../texts';
import { isName, nameOf } from './name';
import { Review } from './review';

interface Props {
  readonly boards: readonly StoredBoard[];
  readonly onMade: (name: string) => void;
  readonly onClose: () => void;
}

/** A new board, empty or a copy of another. */
export function NewBoard({ boards, onMade, onClose }: Props) {
  const text = texts.boards.make;
  const id = useId();
  const [title, setTitle] = useState('');
  const [name, setName] = useState<string>();
  const [from, setFrom] = useState('');
  const [reviewing, setReviewing] = useState(false);
  const called = name ?? nameOf(title);
  const taken = boards.some(({ board }) => board.name === called);
  const wrong = called !== '' && !isName(called);
  if (reviewing) {
    const copied = boards.find(({ board }) => board.name === from)?.board as Board | undefined;
    const board: Board = { ...copied, panels: copied?.panels ?? [], name: called, title: title.trim() };
    return (
      <Review
        name={called}
        board={board}
        version={0}
        onSaved={() => onMade(called)}
        onClose={() => setReviewing(false)}
      />
    );
  }
  return (
    <Dialog
      heading={text.heading}
      onClose={onClose}
      actions={
        <>
          <Button
            look="primary"
            disabled={called === '' || taken || wrong}
            onClick={() => setReviewing(true)}
          >
            {texts.boards.save}
          </Button>
          <Button onClick={onClose}>{texts.boards.cancel}</Button>
        </>
      }
    >
      <div className="form-rows">
        <div className="form-row">
          <label htmlFor={`${id}-title`}>{texts.boards.form.labels.title}</label>
          <input
            className="usa-input input"
            id={`${id}-title`}
            value={title}
            onChange={(e) => setTitle(e.target.value)}
          />
        </div>
        <div className="form-row">
          <label htmlFor={`${id}-name`}>{text.name}</label>
          <span className="form-hint" id={`${id}-hint`}>
            {text.nameHint}
          </span>
          <input
            className="usa-input input"
            id={`${id}-name`}
            value={called}
            spellCheck={false}
            aria-describedby={`${id}-hint ${id}-fault`}
            aria-invalid={taken || wrong}
            onChange={(e) => setName(e.target.value)}
          />
          <span className="form-fault" id={`${id}-fault`} role="alert">
            {taken ? text.taken(called) : wrong ? text.wrong : ''}
          </span>
        </div>
        <div className="form-row">
          <label htmlFor={`${id}-from`}>{text.from}</label>
          <select
            className="usa-select select"
            id={`${id}-from`}
            value={from}
            onChange={(e) => setFrom(e.target.value)}
          >
            <option value="">{text.empty}</option>
            {boards.map(({ board }) => (
              <option key={board.name} value={board.name}>
                {titleOf(board)}
              </option>
            ))}
          </select>
        </div>
      </div>
    </Dialog>
  );
}
