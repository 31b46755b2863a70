import { useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { serverNow } from '../../api/http';
import { createSilence, matcherText, type Matcher } from '../../api/silences';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { duration, iso } from '../../lib/format';
import { texts } from '../../texts';
import { MatcherRows } from './matcher-rows';
import { PickField } from './pick-field';
import { Preview } from './silence-preview';
import { TextField } from './text-field';
import { useViewerName } from './viewer';

const hour = 3_600_000;
const lengths = [hour / 2, hour, 2 * hour, 4 * hour, 8 * hour, 24 * hour, 72 * hour, 168 * hour];

/** Makes a silence, and shows what it would hide before it is made. */
export function SilenceDialog(props: { matchers: readonly Matcher[]; onClose: () => void }) {
  const text = texts.alerting.silence;
  const client = useQueryClient();
  const [matchers, setMatchers] = useState(props.matchers);
  const [length, setLength] = useState(String(2 * hour));
  const [who, setWho] = useViewerName();
  const [comment, setComment] = useState('');
  const [asked, setAsked] = useState(false);
  const [failure, setFailure] = useState('');
  const whole = matchers.filter((m) => m.name.trim() !== '');

  function submit(e: SyntheticEvent) {
    e.preventDefault();
    setAsked(true);
    if (whole.length === 0 || who.trim() === '' || comment.trim() === '') return;
    const now = serverNow();
    createSilence({
      matchers: whole,
      startsAt: iso(now),
      endsAt: iso(now + Number(length)),
      createdBy: who.trim(),
      comment: comment.trim(),
    }).then(
      () => {
        void client.invalidateQueries({ queryKey: ['alerting'] });
        props.onClose();
      },
      (error: unknown) => setFailure((error as Error).message),
    );
  }

  return (
    <Dialog heading={text.heading} onClose={props.onClose} side>
      <form className="entries" onSubmit={submit} noValidate>
        <p className="muted">{text.lead}</p>
        {failure && (
          <p className="panel__fault" role="alert">
            {texts.alerting.refused(failure)}
          </p>
        )}
        {asked && whole.length === 0 && (
          <p className="entry__fault" role="alert">
            {text.conditionNeeded}
          </p>
        )}
        <MatcherRows matchers={matchers} onChange={setMatchers} />
        <PickField
          label={text.duration}
          value={length}
          onChange={setLength}
          options={lengths.map((ms) => ({ value: String(ms), label: duration(ms, 'long') }))}
        />
        <TextField
          label={text.comment}
          value={comment}
          onChange={setComment}
          fault={asked && comment.trim() === '' ? text.commentNeeded : undefined}
        />
        <TextField
          label={texts.alerting.who}
          value={who}
          onChange={setWho}
          fault={asked && who.trim() === '' ? texts.alerting.whoNeeded : undefined}
        />
        <Preview matchers={whole.map(matcherText)} />
        <div className="entries__actions">
          <Button look="primary" type="submit">
            {text.submit}
          </Button>
          <Button onClick={props.onClose}>{texts.alerting.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
