import type { BoardDiff } from '../../api/boards';
import { texts } from '../../texts';

type Panel = BoardDiff['added'][number];

const nameOf = (panel: Panel): string => panel.title ?? panel.id ?? panel.type;

function valueText(v: unknown): string {
  if (v === undefined || v === null) return texts.boards.diff.absent;
  return typeof v === 'string' ? v : JSON.stringify(v);
}

export const isEmpty = (diff: BoardDiff): boolean =>
  diff.board.length + diff.added.length + diff.removed.length + diff.changed.length === 0;

/** How a board differs from what stands, in words and values: by signs, not by colour. */
export function Difference({ diff }: { diff: BoardDiff }) {
  const text = texts.boards.diff;
  if (isEmpty(diff)) return <p>{text.none}</p>;
  return (
    <div className="difference">
      {diff.board.length > 0 && <p>{text.board(diff.board.join(', '))}</p>}
      <List heading={text.added(diff.added.length)} sign="+" panels={diff.added} />
      <List heading={text.removed(diff.removed.length)} sign="−" panels={diff.removed} />
      {diff.changed.length > 0 && (
        <section>
          <h3>{text.changed(diff.changed.length)}</h3>
          <ul>
            {diff.changed.map((change) => (
              <li key={change.id}>
                <strong>{nameOf(change.after)}</strong>
                <dl className="difference__keys">
                  {change.keys.map((key) => (
                    <div key={key}>
                      <dt>{key}</dt>
                      <dd>
                        <del>{valueText(change.before[key as keyof Panel])}</del>
                        <span aria-hidden="true"> → </span>
                        <span className="usa-sr-only">{text.becomes}</span>
                        <ins>{valueText(change.after[key as keyof Panel])}</ins>
                      </dd>
                    </div>
                  ))}
                </dl>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function List({ heading, sign, panels }: { heading: string; sign: string; panels: readonly Panel[] }) {
  if (panels.length === 0) return null;
  return (
    <section>
      <h3>{heading}</h3>
      <ul>
        {panels.map((panel) => (
          <li key={panel.id}>
            <span aria-hidden="true">{sign} </span>
            <strong>{nameOf(panel)}</strong> <span className="muted">{texts.boards.types[panel.type]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
