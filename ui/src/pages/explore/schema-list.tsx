import { useState } from 'react';
import type { SqlSchema } from '../../api/sql';
import { texts } from '../../texts';

/** What a query may name, to read. */
export function SchemaList({ schema }: { schema: SqlSchema | undefined }) {
  const [open, setOpen] = useState(false);
  const text = texts.explore.sql;
  return (
    <details className="schema panel" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{text.schema}</summary>
      {open && schema && (
        <div className="schema__body">
          {schema.tables.map((table) => (
            <section key={table.name}>
              <h3 className="schema__table">{table.name}</h3>
              <p className="muted">{table.about}</p>
              <dl className="schema__columns">
                {table.columns.map((column) => (
                  <div key={column.name}>
                    <dt>
                      <code>{column.name}</code> <span className="muted">{column.type}</span>
                    </dt>
                    <dd>{column.about}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      )}
    </details>
  );
}
