import { Link } from 'wouter';
import type { Kpi } from '../../api/types';
import { Panel } from '../../components/panel';
import { useKeptFilter } from '../../lib/url-state';
import { texts } from '../../texts';
import { yamlOf } from '../../lib/definition-yaml';

/** What the KPI means: in words, and as it is written. */
export function DefinitionPanel({ kpi }: { kpi: Kpi }) {
  const text = texts.kpis.definition;
  const kept = useKeptFilter();
  return (
    <Panel
      name="definition"
      heading={text.heading}
      note={text.version(kpi.definitionVersion, text.origin(kpi.origin))}
      actions={
        <Link
          className="usa-button usa-button--outline button"
          href={kept(`/definitions/${encodeURIComponent(kpi.name)}`)}
        >
          {text.change}
        </Link>
      }
    >
      <dl className="facts">
        <div>
          <dt>{text.formula}</dt>
          <dd lang="en">{kpi.formula}</dd>
        </div>
        {kpi.excludes && (
          <div>
            <dt>{text.excludes}</dt>
            <dd lang="en">{kpi.excludes}</dd>
          </div>
        )}
        <div>
          <dt>{text.looksBack}</dt>
          <dd>{texts.tile.window(kpi.window)}</dd>
        </div>
      </dl>
      {/* Long lines scroll, so the keyboard must reach them. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="code" tabIndex={0} role="region" aria-label={text.yaml}>
        <code>{yamlOf(kpi.definition)}</code>
      </pre>
    </Panel>
  );
}
