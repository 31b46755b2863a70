import { useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { acknowledge } from '../../api/alerts';
import type { Alert } from '../../api/types';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { tagText } from '../../components/tag-list';
import { texts } from '../../texts';
import { TextField } from './text-field';
import { useViewerName } from './viewer';

/** Says that the viewer looks after an alert. */
export function AcknowledgeDialog({ alert, onClose }: { alert: Alert; onClose: () => void }) {
  const text = texts.alerting.acknowledgement;
  const client = useQueryClient();
  const [who, setWho] = useViewerName();
  const [note, setNote] = useState('');
  const [asked, setAsked] = useState(false);
  const [failure, setFailure] = useState('');

  function submit(e: SyntheticEvent) {
    e.preventDefault();
    setAsked(true);
    if (who.trim() === '') return;
    acknowledge(alert.id, who.trim(), note.trim()).then(
      () => {
        void client.invalidateQueries({ queryKey: ['alerting'] });
        onClose();
      },
      (error: unknown) => setFailure((error as Error).message),
    );
  }

  return (
    <Dialog heading={text.heading} onClose={onClose}>
      <form className="entries" onSubmit={submit} noValidate>
        <p>
          <strong>{[alert.rule, tagText(alert.tags)].filter(Boolean).join(', ')}</strong>
        </p>
        <p className="muted">{text.lead}</p>
        {failure && (
          <p className="panel__fault" role="alert">
            {texts.alerting.refused(failure)}
          </p>
        )}
        <TextField
          label={texts.alerting.who}
          value={who}
          onChange={setWho}
          fault={asked && who.trim() === '' ? texts.alerting.whoNeeded : undefined}
        />
        <TextField label={text.note} value={note} onChange={setNote} rows={2} />
        <div className="entries__actions">
          <Button look="primary" type="submit">
            {text.submit}
          </Button>
          <Button onClick={onClose}>{texts.alerting.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
