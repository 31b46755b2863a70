import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useRole } from '../../api/session';
import type { Kpi } from '../../api/types';
import { Button } from '../../components/button';
import { Panel } from '../../components/panel';
import { Segments } from '../../components/segments';
import { definitionIn } from '../../lib/definition-yaml';
import { useParam } from '../../lib/url-state';
import { titleOf } from '../../lib/title';
import { texts } from '../../texts';
import { DefinitionForm } from './definition-form';
import { PreviewPanel } from './preview-panel';
import { SaveDialog, TakeBackDialog } from './save-dialog';
import { faultsOf, usePreview } from './use-preview';
import { YamlEditor } from './yaml-editor';

/** The definition as it is changed, in a form or as text, beside what it would say. */
export function Editor({ kpi, begin }: { kpi: Kpi | undefined; begin: string }) {
  const text = texts.definitions;
  // What the server says later does not overwrite what was typed.
  const [first] = useState(begin);
  const [draft, setDraft] = useState(begin);
  const [mode, setMode] = useParam<'form' | 'yaml'>('as', 'form', ['form', 'yaml']);
  const [dialog, setDialog] = useState<'save' | 'take-back'>();
  const may = useRole('operate');
  const definition = definitionIn(draft);
  const named = definition?.['name'];
  const name = kpi?.name ?? (typeof named === 'string' ? named : '');
  const preview = usePreview(draft, kpi?.name ?? '');
  const faults = faultsOf(preview.query.error);
  const dirty = draft !== first;
  useUnload(dirty);
  const ready = !preview.settling && preview.query.isSuccess && !preview.query.isPlaceholderData;
  const unchanged = ready && preview.query.data?.same === true;
  return (
    <>
      <div className="kpi-top">
        <p className="crumbs">
          <Link href="/definitions">{text.heading}</Link>
        </p>
        <h1 className="page__title">{kpi ? text.change(titleOf(kpi)) : text.create}</h1>
      </div>
      <div className="define">
        <Panel
          name="define"
          heading={text.definition}
          actions={
            <Segments
              label={text.as}
              options={(['form', 'yaml'] as const).map((value) => ({ value, label: text.modes(value) }))}
              chosen={mode}
              onChoose={setMode}
            />
          }
        >
          {mode === 'yaml' ? (
            <YamlEditor text={draft} onChange={setDraft} faults={faults} />
          ) : definition ? (
            <DefinitionForm
              text={draft}
              definition={definition}
              onChange={setDraft}
              faults={faults}
              known={kpi !== undefined}
            />
          ) : (
            <p className="define__note">{text.notReadable}</p>
          )}
          <div className="define__actions">
            <Button look="primary" disabled={!may || !ready || unchanged} onClick={() => setDialog('save')}>
              {text.save}
            </Button>
            {dirty && (
              <Button look="quiet" onClick={() => setDraft(first)}>
                {text.undo}
              </Button>
            )}
            {kpi?.versions.at(-1)?.origin === 'api' && may && (
              <Button look="danger" onClick={() => setDialog('take-back')}>
                {text.takeBack}
              </Button>
            )}
            <p className="define__why" role="status">
              {!may
                ? text.mayNot
                : unchanged
                  ? text.same
                  : faults.length > 0
                    ? text.faults(faults.length)
                    : ''}
            </p>
          </div>
        </Panel>
        <PreviewPanel kpi={kpi} preview={preview} />
      </div>
      {dialog === 'save' && (
        <SaveDialog name={name} before={kpi && first} after={draft} onClose={() => setDialog(undefined)} />
      )}
      {dialog === 'take-back' && kpi && <TakeBackDialog kpi={kpi} onClose={() => setDialog(undefined)} />}
    </>
  );
}

/** The browser asks before what was typed is lost. */
function useUnload(dirty: boolean) {
  useEffect(() => {
    if (!dirty) return;
    const ask = (e: BeforeUnloadEvent) => e.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [dirty]);
}
