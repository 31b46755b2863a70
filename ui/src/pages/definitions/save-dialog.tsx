import { useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { deleteKpi, putKpi } from '../../api/definitions';
import type { Kpi } from '../../api/types';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { DiffLines } from '../../components/diff-lines';
import { Fault } from '../../components/states';
import { texts } from '../../texts';
import { titleOf } from '../../lib/title';

interface SaveProps {
  readonly name: string;
  /** The definition that is there, where there is one. */
  readonly before: string | undefined;
  readonly after: string;
  readonly onClose: () => void;
}

/** What is about to change, and what for. */
export function SaveDialog({ name, before, after, onClose }: SaveProps) {
  const text = texts.definitions.saving;
  const [, go] = useLocation();
  return (
    <Change
      heading={text.heading(name)}
      confirm={text.confirm}
      onClose={onClose}
      onConfirm={async (why) => {
        await putKpi(name, after, why);
        return () => go(`/kpis/${encodeURIComponent(name)}`);
      }}
    >
      <p>{before === undefined ? text.newOne : text.newVersion}</p>
      {before !== undefined && <DiffLines before={before} after={after} />}
    </Change>
  );
}

/** Takes back what was put over the configuration, or over nothing. */
export function TakeBackDialog({ kpi, onClose }: { kpi: Kpi; onClose: () => void }) {
  const text = texts.definitions.saving;
  const [, go] = useLocation();
  return (
    <Change
      heading={text.takeBackHeading(titleOf(kpi))}
      confirm={text.takeBack}
      danger
      onClose={onClose}
      onConfirm={async (why) => {
        await deleteKpi(kpi.name, why);
        return () => go('/definitions');
      }}
    >
      <p>{text.takeBackWords}</p>
    </Change>
  );
}

interface ChangeProps {
  readonly heading: string;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly onClose: () => void;
  /** Does it; the answer is where to go then. */
  readonly onConfirm: (why: string) => Promise<() => void>;
  readonly children: ReactNode;
}

function Change({ heading, confirm, danger = false, onClose, onConfirm, children }: ChangeProps) {
  const text = texts.definitions.saving;
  const id = useId();
  const queries = useQueryClient();
  const [why, setWhy] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const send = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const leave = await onConfirm(why.trim());
      leave();
      await queries.invalidateQueries();
    } catch (cause) {
      setError(cause as Error);
      setBusy(false);
    }
  };
  return (
    <Dialog
      heading={heading}
      onClose={onClose}
      actions={
        <>
          <Button look={danger ? 'danger' : 'primary'} disabled={busy} onClick={() => void send()}>
            {confirm}
          </Button>
          <Button look="quiet" onClick={onClose}>
            {text.cancel}
          </Button>
        </>
      }
    >
      <div className="saving">
        {children}
        <div className="form-field">
          <label htmlFor={id}>{text.why}</label>
          <textarea
            id={id}
            className="usa-input input saving__why"
            maxLength={500}
            rows={3}
            value={why}
            onChange={(e) => setWhy(e.target.value)}
            aria-describedby={`${id}-hint`}
          />
          <p className="form-field__hint" id={`${id}-hint`}>
            {text.whyHint}
          </p>
        </div>
        {error && <Fault error={error} />}
      </div>
    </Dialog>
  );
}
