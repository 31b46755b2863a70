import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import { api } from '../../api/client';
import type { Board, PanelType } from '../../api/boards';
import { Button } from '../../components/button';
import { Nothing } from '../../components/states';
import { texts } from '../../texts';
import { EditGrid } from './board-grid';
import { addPanel, panelTypes, removePanel, setPanel } from './draft';
import { PanelForm } from './panel-form';
import { Review } from './review';

interface Props {
  readonly name: string;
  readonly draft: Board;
  readonly version: number;
  readonly onChange: (board: Board) => void;
  readonly onSaved: () => void;
  readonly onCancel: () => void;
  readonly onTheirs: () => void;
}

/** Leaving the page with changes asks first. */
function useAskBeforeLeaving(changed: boolean) {
  useEffect(() => {
    if (!changed) return;
    const ask = (e: BeforeUnloadEvent) => e.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [changed]);
}

/** A board while it is changed: nothing is stored before the difference was reviewed. */
export function Editor({ name, draft, version, onChange, onSaved, onCancel, onTheirs }: Props) {
  const text = texts.boards;
  const id = useId();
  const metrics = useQuery({ queryKey: ['metrics'], queryFn: ({ signal }) => api.metrics(signal) });
  const [configuring, setConfiguring] = useState<string>();
  const [reviewing, setReviewing] = useState(false);
  const [first] = useState(draft);
  const changed = draft !== first;
  useAskBeforeLeaving(changed);
  const panel = draft.panels.find((p) => p.id === configuring);
  const add = (type: PanelType) => {
    const made = addPanel(draft, { type, ...(type === 'alerts' && { states: ['critical', 'warning'] }) });
    onChange(made.board);
    setConfiguring(made.id);
  };
  return (
    <>
      <div className="page__top boards__bar">
        <div className="form-rows boards__titles">
          <h1 className="usa-sr-only">{text.editing(draft.title ?? name)}</h1>
          <div className="form-row">
            <label htmlFor={`${id}-title`}>{text.form.labels.title}</label>
            <input
              className="usa-input input boards__title"
              id={`${id}-title`}
              value={draft.title ?? ''}
              onChange={(e) => onChange({ ...draft, title: e.target.value })}
            />
          </div>
          <div className="form-row">
            <label htmlFor={`${id}-about`}>{text.form.description}</label>
            <input
              className="usa-input input boards__about"
              id={`${id}-about`}
              value={draft.description ?? ''}
              onChange={(e) => onChange({ ...draft, description: e.target.value })}
            />
          </div>
        </div>
        <div className="boards__tools">
          <Button look="primary" onClick={() => setReviewing(true)}>
            {text.save}
          </Button>
          <Button onClick={onCancel}>{text.cancel}</Button>
        </div>
      </div>
      <div className="boards__add" role="group" aria-label={text.add}>
        <span className="muted" aria-hidden="true">
          {text.add}
        </span>
        {panelTypes.map((type) => (
          <Button key={type} onClick={() => add(type)} disabled={draft.panels.length >= 200}>
            {text.types[type]}
          </Button>
        ))}
      </div>
      <p className="boards__keys" id="board-keys">
        {text.keys}
      </p>
      {draft.panels.length === 0 ? (
        <Nothing height={200}>{text.emptyEdit}</Nothing>
      ) : (
        <EditGrid
          board={draft}
          onChange={onChange}
          onConfigure={setConfiguring}
          onRemove={(one) => onChange(removePanel(draft, one))}
        />
      )}
      {panel && (
        <PanelForm
          key={panel.id}
          panel={panel}
          metrics={(metrics.data ?? []).map((m) => m.metricName)}
          onClose={() => setConfiguring(undefined)}
          onApply={(next) => {
            onChange(setPanel(draft, next));
            setConfiguring(undefined);
          }}
        />
      )}
      {reviewing && (
        <Review
          name={name}
          board={draft}
          version={version}
          onSaved={onSaved}
          onClose={() => setReviewing(false)}
          onTheirs={() => {
            setReviewing(false);
            onTheirs();
          }}
        />
      )}
    </>
  );
}
