import { useEffect, useId, useRef, useState } from 'react';
import { api, ApiError } from '../api/client';
import { texts } from '../texts';

function reason(error: unknown): string {
  if (error instanceof ApiError && [400, 401, 403, 422].includes(error.status)) return texts.signIn.refused;
  return texts.signIn.failed(error instanceof Error ? error.message : String(error));
}

export function SignIn({ onDone }: { onDone: () => Promise<void> }) {
  const text = texts.signIn;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [token, setToken] = useState('');
  const [fault, setFault] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    document.title = `${text.heading} · ${texts.product}`;
  }, [text.heading]);

  async function submit() {
    if (token.trim() === '') {
      setFault(text.empty);
      input.current?.focus();
      return;
    }
    setBusy(true);
    try {
      await api.signIn(token.trim());
      await onDone();
    } catch (error) {
      setFault(reason(error));
      input.current?.focus();
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="notice">
      <h1 className="notice__title">{text.heading}</h1>
      <p>{text.lead}</p>
      <form
        className={fault ? 'form form--fault' : 'form'}
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          void submit();
        }}
      >
        <label className="usa-label form__label" htmlFor={id}>
          {text.token}
        </label>
        <p className="usa-hint form__hint" id={`${id}-hint`}>
          {text.hint} <code>{text.command}</code>
        </p>
        <p className="usa-error-message form__fault" id={`${id}-fault`} role="alert">
          {fault}
        </p>
        <input
          className="usa-input input"
          ref={input}
          id={id}
          type={shown ? 'text' : 'password'}
          autoComplete="current-password"
          spellCheck={false}
          value={token}
          aria-describedby={fault ? `${id}-fault ${id}-hint` : `${id}-hint`}
          aria-invalid={fault !== ''}
          onChange={(e) => setToken(e.target.value)}
        />
        <button
          className="usa-button usa-button--unstyled button button--quiet"
          type="button"
          aria-controls={id}
          onClick={() => setShown(!shown)}
        >
          {shown ? text.hide : text.show}
        </button>
        <button className="usa-button button button--primary" type="submit" disabled={busy}>
          {text.submit}
        </button>
      </form>
    </div>
  );
}
