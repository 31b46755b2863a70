import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { PostgreSQL, sql, SQLDialect } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags as t } from '@lezer/highlight';
import { useEffect, useEffectEvent, useRef } from 'react';
import type { SqlSchema } from '../../api/sql';
import { texts } from '../../texts';
import { completions } from './completions';

export interface SqlFault {
  readonly detail: string;
  /** From 1. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** A query to put into the editor: each object once, so that what is typed since stays. */
export interface Given {
  readonly query: string;
}

interface Props {
  readonly given: Given;
  readonly onChange: (query: string) => void;
  readonly onRun: (query: string) => void;
  readonly schema: SqlSchema | undefined;
  readonly fault: SqlFault | undefined;
  readonly describedBy: string;
}

const dialect = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${PostgreSQL.spec.keywords ?? ''} qualify asof pivot unpivot ilike`,
});

const colours = HighlightStyle.define([
  { tag: t.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: [t.string, t.special(t.string)], color: 'var(--series-3)' },
  { tag: [t.number, t.bool, t.null], color: 'var(--series-4)' },
  { tag: t.comment, color: 'var(--ink-muted)', fontStyle: 'italic' },
]);

const theme = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--surface)', fontSize: '14px' },
  '&.cm-focused': { outline: '3px solid var(--focus)', outlineOffset: '0' },
  '.cm-content': {
    fontFamily: 'ui-monospace, Menlo, Consolas, monospace',
    caretColor: 'var(--ink)',
    minHeight: '132px',
  },
  '.cm-scroller': { maxHeight: '40vh', overflow: 'auto' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--ink-muted)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--chart-edge) !important',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    color: 'var(--ink)',
    border: '1px solid var(--line-strong)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--accent-ink)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail': { color: 'inherit' },
  '.cm-completionDetail': { color: 'var(--ink-muted)', fontStyle: 'normal' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--critical)' },
});

function place(state: EditorState, fault: SqlFault): { from: number; to: number } {
  const line = state.doc.line(Math.min(Math.max(fault.line ?? 1, 1), state.doc.lines));
  const from = Math.min(line.from + Math.max((fault.column ?? 1) - 1, 0), line.to);
  const word = /^\w+/.exec(state.sliceDoc(from, line.to))?.[0].length ?? 1;
  return { from, to: Math.min(from + word, line.to) };
}

/**
 * An editor for one query. It lives in a shadow root: there it puts its styles into a
 * style sheet of its own, where in the page it would need inline styles, which the
 * policy refuses.
 */
export default function SqlEditor({ given, onChange, onRun, schema, fault, describedBy }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const language = useRef(new Compartment());
  const changed = useEffectEvent(onChange);
  const run = useEffectEvent(onRun);
  const first = useRef(given.query);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open', delegatesFocus: true });
    const text = texts.explore.sql;
    const made = new EditorView({
      root,
      parent: root as unknown as Element,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          highlightActiveLine(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ activateOnTyping: true, icons: false }),
          syntaxHighlighting(colours),
          theme,
          EditorView.lineWrapping,
          language.current.of(sql({ dialect })),
          // Tab leaves the editor: a keyboard must not be trapped.
          keymap.of([
            { key: 'Mod-Enter', run: ({ state }) => (run(state.doc.toString()), true), preventDefault: true },
            ...closeBracketsKeymap,
            ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'),
            ...historyKeymap,
            ...completionKeymap,
          ]),
          EditorView.contentAttributes.of({
            'aria-label': text.query,
            'aria-multiline': 'true',
            spellcheck: 'false',
          }),
          EditorState.phrases.of(text.phrases),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = undefined;
      made.destroy();
    };
  }, []);

  useEffect(() => {
    const now = view.current;
    if (now && now.state.doc.toString() !== given.query) {
      now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: given.query } });
    }
  }, [given]);

  useEffect(() => {
    if (!schema) return;
    view.current?.dispatch({ effects: language.current.reconfigure(completions(dialect, schema)) });
  }, [schema]);

  useEffect(() => {
    const now = view.current;
    if (!now) return;
    const at = fault && place(now.state, fault);
    now.dispatch(
      setDiagnostics(now.state, fault && at ? [{ ...at, severity: 'error', message: fault.detail }] : []),
    );
    if (fault?.line !== undefined && at)
      now.dispatch({ selection: { anchor: at.from }, scrollIntoView: true });
  }, [fault]);

  return (
    <div
      className="sql__editor"
      ref={host}
      role="group"
      aria-describedby={describedBy}
      data-testid="sql-editor"
    />
  );
}
