import { useId, useState } from 'react';
import type { StoredBoard } from '../../api/boards';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { texts } from '../../texts';
import { isName, nameInText } from './name';
import { Review } from './review';

interface Props {
  readonly boards: readonly StoredBoard[];
  readonly onMade: (name: string) => void;
  readonly onClose: () => void;
}

/** A board as a text, from a file or pasted; what it would change is reviewed before. */
export function ImportBoard({ boards, onMade, onClose }: Props) {
  const text = texts.boards.import;
  const id = useId();
  const [yaml, setYaml] = useState('');
  const [given, setGiven] = useState('');
  const [reviewing, setReviewing] = useState(false);
  const named = nameInText(yaml);
  const name = named ?? given;
  const stands = boards.find(({ board }) => board.name === name);
  if (reviewing) {
    return (
      <Review
        name={name}
        board={yaml}
        version={stands?.version ?? 0}
        onSaved={() => onMade(name)}
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
            disabled={yaml.trim() === '' || !isName(name)}
            onClick={() => setReviewing(true)}
          >
            {text.review}
          </Button>
          <Button onClick={onClose}>{texts.boards.cancel}</Button>
        </>
      }
    >
      <div className="form-rows">
        <div className="form-row">
          <label htmlFor={`${id}-file`}>{text.file}</label>
          <input
            className="form-file"
            id={`${id}-file`}
            type="file"
            accept=".yaml,.yml,.json"
            onChange={(e) => void e.target.files?.[0]?.text().then(setYaml)}
          />
        </div>
        <div className="form-row">
          <label htmlFor={`${id}-text`}>{text.text}</label>
          <textarea
            className="usa-input input form-long"
            id={`${id}-text`}
            rows={12}
            spellCheck={false}
            value={yaml}
            onChange={(e) => setYaml(e.target.value)}
          />
        </div>
        {yaml.trim() !== '' && named === undefined && (
          <div className="form-row">
            <label htmlFor={`${id}-name`}>{text.name}</label>
            <input
              className="usa-input input"
              id={`${id}-name`}
              value={given}
              spellCheck={false}
              onChange={(e) => setGiven(e.target.value)}
            />
          </div>
        )}
        {isName(name) && yaml.trim() !== '' && (
          <p role="status">{stands ? text.changes(name) : text.makes(name)}</p>
        )}
      </div>
    </Dialog>
  );
}
