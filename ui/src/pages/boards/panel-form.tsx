import { useId, useState, type ReactNode } from 'react';
import type { BoardPanel, PanelType } from '../../api/boards';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { texts } from '../../texts';
import { fieldsOf, missing, type Field } from './fields';
import { nudged } from './draft';
import { useBoardKpis } from './panels/context';
import { TagsInput } from './tags-input';
import { titleOf } from '../../lib/title';

interface Props {
  readonly panel: BoardPanel;
  readonly metrics: readonly string[];
  readonly onApply: (panel: BoardPanel) => void;
  readonly onClose: () => void;
}

/** What a panel shows, and where it stands. */
export function PanelForm({ panel, metrics, onApply, onClose }: Props) {
  const text = texts.boards.form;
  const [draft, setDraft] = useState<Record<string, unknown>>({ ...panel });
  const [tried, setTried] = useState(false);
  const fields = fieldsOf(panel.type);
  const lacking = missing(panel.type, draft);
  const set = (key: string, value: unknown) => setDraft((before) => ({ ...before, [key]: value }));
  const apply = () => {
    setTried(true);
    if (lacking.length > 0) return;
    const { id, type, x, y, w, h } = panel;
    const kept = Object.fromEntries(
      ['title', ...fields.map((f) => f.key)].flatMap((key) => {
        const v = draft[key];
        const empty =
          v === undefined || v === '' || (typeof v === 'object' && v !== null && Object.keys(v).length === 0);
        return empty ? [] : [[key, v]];
      }),
    );
    const place = nudged(panel, {
      x: Number(draft['x']) - x,
      y: Number(draft['y']) - y,
      w: Number(draft['w']) - w,
      h: Number(draft['h']) - h,
    }) ?? { x, y, w, h };
    onApply({ ...kept, id, type, ...place });
  };
  return (
    <Dialog
      side
      heading={text.heading(texts.boards.types[panel.type])}
      onClose={onClose}
      actions={
        <>
          <Button look="primary" onClick={apply}>
            {text.apply}
          </Button>
          <Button onClick={onClose}>{texts.boards.cancel}</Button>
        </>
      }
    >
      <form
        className="form-rows"
        onSubmit={(e) => {
          e.preventDefault();
          apply();
        }}
      >
        {tried && lacking.length > 0 && (
          <p className="form-fault" role="alert">
            {text.missing(lacking.map((key) => text.labels[key]).join(', '))}
          </p>
        )}
        <Row label={text.labels.title} hint={text.titleHint}>
          {(id, hint) => (
            <input
              className="usa-input input"
              id={id}
              aria-describedby={hint}
              value={(draft['title'] as string | undefined) ?? ''}
              onChange={(e) => set('title', e.target.value)}
            />
          )}
        </Row>
        {fields.map((field) => (
          <FieldRow
            key={field.key}
            field={field}
            type={panel.type}
            draft={draft}
            metrics={metrics}
            set={set}
          />
        ))}
        <fieldset className="form-place">
          <legend>{text.place}</legend>
          {(['x', 'y', 'w', 'h'] as const).map((key) => (
            <Row key={key} label={text.labels[key]}>
              {(id) => (
                <input
                  className="usa-input input"
                  id={id}
                  type="number"
                  min={key === 'w' || key === 'h' ? 1 : 0}
                  max={{ x: 11, y: 1000, w: 12, h: 40 }[key]}
                  value={Number(draft[key])}
                  onChange={(e) => set(key, e.target.valueAsNumber || 0)}
                />
              )}
            </Row>
          ))}
        </fieldset>
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

function Row(props: {
  label: string;
  hint?: string | undefined;
  children: (id: string, hint: string | undefined) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="form-row">
      <label htmlFor={id}>{props.label}</label>
      {props.hint && (
        <span className="form-hint" id={`${id}-hint`}>
          {props.hint}
        </span>
      )}
      {props.children(id, props.hint ? `${id}-hint` : undefined)}
    </div>
  );
}

interface FieldProps {
  readonly field: Field;
  readonly type: PanelType;
  readonly draft: Readonly<Record<string, unknown>>;
  readonly metrics: readonly string[];
  readonly set: (key: string, value: unknown) => void;
}

function FieldRow({ field, draft, metrics, set }: FieldProps) {
  const kpis = useBoardKpis();
  const text = texts.boards.form;
  const value = draft[field.key];
  const say = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const label = text.labels[field.key];
  const hint = text.hints[field.key];
  const listId = useId();
  switch (field.kind) {
    case 'tags':
      return (
        <TagsInput
          label={label}
          tags={(value as Record<string, string> | undefined) ?? {}}
          keys={kpis.find((k) => k.name === draft['kpi'])?.by}
          onChange={(tags) => set(field.key, tags)}
        />
      );
    case 'states':
      return (
        <fieldset className="form-states">
          <legend>{label}</legend>
          {(['critical', 'warning', 'ok'] as const).map((state) => {
            const now = (value as string[] | undefined) ?? [];
            return (
              <label key={state}>
                <input
                  type="checkbox"
                  checked={now.includes(state)}
                  onChange={(e) =>
                    set(field.key, e.target.checked ? [...now, state] : now.filter((s) => s !== state))
                  }
                />
                {texts.state(state)}
              </label>
            );
          })}
        </fieldset>
      );
    case 'long':
      return (
        <Row label={label} hint={hint}>
          {(id, described) => (
            <textarea
              className="usa-input input form-long"
              id={id}
              rows={8}
              spellCheck={field.key === 'text'}
              aria-describedby={described}
              value={say}
              onChange={(e) => set(field.key, e.target.value)}
            />
          )}
        </Row>
      );
    case 'choice':
      return (
        <Row label={label} hint={hint}>
          {(id, described) => (
            <select
              className="usa-select select"
              id={id}
              aria-describedby={described}
              value={say}
              onChange={(e) => set(field.key, e.target.value)}
            >
              <option value="">{text.usual}</option>
              {field.options?.map((option) => (
                <option key={option} value={option}>
                  {text.options[option] ?? option}
                </option>
              ))}
            </select>
          )}
        </Row>
      );
    case 'kpi':
      return (
        <Row label={label} hint={hint}>
          {(id, described) => (
            <select
              className="usa-select select"
              id={id}
              aria-describedby={described}
              value={say}
              onChange={(e) => set(field.key, e.target.value)}
            >
              <option value="">{field.required ? text.choose : text.none}</option>
              {kpis.map((kpi) => (
                <option key={kpi.name} value={kpi.name}>
                  {titleOf(kpi)}
                </option>
              ))}
            </select>
          )}
        </Row>
      );
    case 'by':
    case 'metric': {
      const known = field.kind === 'metric' ? metrics : (kpis.find((k) => k.name === draft['kpi'])?.by ?? []);
      return (
        <Row label={label} hint={hint}>
          {(id, described) => (
            <>
              <input
                className="usa-input input"
                id={id}
                aria-describedby={described}
                list={listId}
                autoComplete="off"
                spellCheck={false}
                value={say}
                onChange={(e) => set(field.key, e.target.value)}
              />
              <datalist id={listId}>
                {known.map((name) => (
                  <option key={name} value={name} />
                ))}
              </datalist>
            </>
          )}
        </Row>
      );
    }
    case 'number':
      return (
        <Row label={label} hint={hint}>
          {(id, described) => (
            <input
              className="usa-input input"
              id={id}
              aria-describedby={described}
              type="number"
              min={1}
              max={10000}
              value={say}
              onChange={(e) => set(field.key, e.target.value === '' ? undefined : e.target.valueAsNumber)}
            />
          )}
        </Row>
      );
    case 'text':
      return (
        <Row label={label} hint={hint}>
          {(id, described) => (
            <input
              className="usa-input input"
              id={id}
              aria-describedby={described}
              autoComplete="off"
              spellCheck={false}
              value={say}
              onChange={(e) => set(field.key, e.target.value)}
            />
          )}
        </Row>
      );
  }
}
