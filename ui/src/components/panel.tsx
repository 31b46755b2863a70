import { useId, type ReactNode } from 'react';
import { texts } from '../texts';

interface Props {
  readonly name: string;
  readonly heading: string;
  readonly note?: string | undefined;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Panel({ name, heading, note, actions, children }: Props) {
  const id = useId();
  return (
    <section className={`panel panel--${name}`} aria-labelledby={id}>
      <header className="panel__head">
        <h2 className="panel__title" id={id}>
          {heading}
        </h2>
        {note && <p className="panel__note">{note}</p>}
        {actions && <div className="panel__actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** Says that a panel's stored data could not be read; what comes live still shows. */
export function PanelFault({ error }: { error: Error | null }) {
  return error && <p className="panel__fault">{texts.errors.panel(error.message)}</p>;
}
