import { useId, useRef } from 'react';
import { texts } from '../../texts';
import type { DefinitionFault } from './use-preview';

interface Props {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly faults: readonly DefinitionFault[];
}

/** Where a line and a column, counted from 1, are in a text. */
export function placeOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
  return Math.min(before + Math.min(column - 1, lines[line - 1]?.length ?? 0), text.length);
}

/** The text with its lines numbered; each fault leads to its place. Tab leaves it, as everywhere. */
export function YamlEditor({ text, onChange, faults }: Props) {
  const words = texts.definitions;
  const area = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const lines = text.split('\n');
  const faulty = new Set(faults.map((f) => f.line));
  const goTo = ({ line, column }: DefinitionFault) => {
    if (line === undefined || !area.current) return;
    const at = placeOf(text, line, column ?? 1);
    area.current.focus();
    area.current.setSelectionRange(at, at);
  };
  return (
    <div className="yaml">
      <div className="yaml__text">
        <div className="yaml__lines" aria-hidden="true">
          {lines.map((_, i) => (
            <span key={i} className={faulty.has(i + 1) ? 'yaml__line yaml__line--fault' : 'yaml__line'}>
              {faulty.has(i + 1) ? '▸ ' : ''}
              {i + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          className="yaml__area"
          aria-label={words.yaml}
          aria-describedby={`${id}-faults`}
          aria-invalid={faults.length > 0}
          spellCheck={false}
          autoCapitalize="off"
          rows={Math.max(14, lines.length + 1)}
          wrap="off"
          value={text}
          onChange={(e) => onChange(e.target.value)}
        />
      </div>
      <FaultList id={`${id}-faults`} faults={faults} onGo={goTo} />
    </div>
  );
}

interface FaultListProps {
  readonly id?: string;
  readonly faults: readonly DefinitionFault[];
  readonly onGo?: (fault: DefinitionFault) => void;
}

export function FaultList({ id, faults, onGo }: FaultListProps) {
  return (
    <ul className="yaml__faults" id={id} data-testid="faults">
      {faults.map((fault) => (
        <li key={`${fault.field} ${fault.line ?? ''} ${fault.detail}`}>
          {onGo && fault.line !== undefined && (
            <button
              className="usa-button usa-button--unstyled button button--quiet"
              type="button"
              onClick={() => onGo(fault)}
            >
              {texts.definitions.place(fault.line, fault.column ?? 1)}
            </button>
          )}{' '}
          <span lang="en">
            <code>{fault.field.slice(1).replaceAll('/', '.')}</code> {fault.detail}
          </span>
        </li>
      ))}
    </ul>
  );
}
