import { useId } from 'react';
import { useMetrics } from '../../live/use-feed';
import { yamlOf, type Definition } from '../../lib/definition-yaml';
import { texts } from '../../texts';
import {
  changed,
  fieldsOf,
  isType,
  thresholdFields,
  types,
  valueAt,
  withType,
  type Field,
  type KpiType,
} from './draft';
import { FormField } from './form-field';
import type { DefinitionFault } from './use-preview';
import { FaultList } from './yaml-editor';

interface Props {
  readonly text: string;
  readonly definition: Definition;
  readonly onChange: (text: string) => void;
  readonly faults: readonly DefinitionFault[];
  /** Whether the KPI is there: then its name stays. */
  readonly known: boolean;
}

const ofField = (key: string) => (fault: DefinitionFault) =>
  `${fault.field}/`.startsWith(`/${key.replaceAll('.', '/')}/`);

/** The definition field by field. It writes the text that the expert's editor shows. */
export function DefinitionForm({ text, definition, onChange, faults, known }: Props) {
  const words = texts.definitions;
  const id = useId();
  const metrics = useMetrics();
  const type = definition['type'];
  const set = (path: string, value: unknown) => {
    const next = changed(text, path, value);
    if (next !== undefined) onChange(next);
  };
  const field = (f: Field, fixed = false) => (
    <FormField
      key={`${String(type)} ${f.kind} ${f.key}`}
      field={f}
      value={valueAt(definition, f.key)}
      faults={faults.filter(ofField(f.key))}
      events={`${id}-events`}
      fixed={fixed}
      onChange={(value) => set(f.key, value)}
    />
  );
  const asked = [
    'name',
    'title',
    ...[...fieldsOf(definition), ...thresholdFields(definition)].map((f) => f.key),
  ];
  return (
    <form className="define__form" onSubmit={(e) => e.preventDefault()}>
      <datalist id={`${id}-events`}>
        {(metrics.data ?? []).map((m) => (
          <option key={m.metricName} value={m.metricName} />
        ))}
      </datalist>
      {field({ key: 'name', kind: 'text' }, known)}
      {field({ key: 'title', kind: 'text' })}
      <div className="form-field">
        <label htmlFor={`${id}-type`}>{words.type}</label>
        <select
          id={`${id}-type`}
          className="usa-select select"
          value={isType(type) ? type : ''}
          onChange={(e) => onChange(yamlOf(withType(definition, e.target.value as KpiType)))}
        >
          {!isType(type) && <option value="">–</option>}
          {types.map((t) => (
            <option key={t} value={t}>
              {words.types(t)}
            </option>
          ))}
        </select>
        {isType(type) && <p className="form-field__hint">{words.typeHint(type)}</p>}
      </div>
      {fieldsOf(definition).map((f) => field(f))}
      <fieldset className="define__limits">
        <legend>{words.thresholds}</legend>
        {thresholdFields(definition).map((f) => field(f))}
      </fieldset>
      <FaultList faults={faults.filter((f) => !asked.some((key) => ofField(key)(f)))} />
    </form>
  );
}
