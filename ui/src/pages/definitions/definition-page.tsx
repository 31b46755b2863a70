import { Link } from 'wouter';
import { ApiError } from '../../api/fault';
import { useKpi } from '../../api/kpi';
import { Fault, Loading, Nothing } from '../../components/states';
import { yamlOf } from '../../lib/definition-yaml';
import { texts } from '../../texts';
import type { PageProps } from '..';
import { newName, starter } from './draft';
import { Editor } from './editor';

/** One definition to be changed, or a new one. */
export default function DefinitionPage({ params }: PageProps) {
  const name = decodeURIComponent(params['name'] ?? '');
  if (name === newName) return <Editor key={name} kpi={undefined} begin={starter} />;
  return <Known key={name} name={name} />;
}

function Known({ name }: { name: string }) {
  const kpi = useKpi(name);
  if (kpi.data) {
    const newest = kpi.data.versions.at(-1);
    return <Editor kpi={kpi.data} begin={yamlOf(newest?.definition ?? kpi.data.definition)} />;
  }
  if (kpi.error instanceof ApiError && kpi.error.status === 404) {
    return (
      <Nothing height={240}>
        <h1 className="page__title">{texts.kpis.notThere(name)}</h1>
        <p>{kpi.error.detail}</p>
        <Link href="/definitions">{texts.definitions.heading}</Link>
      </Nothing>
    );
  }
  if (kpi.failureReason) return <Fault error={kpi.failureReason} onRetry={() => void kpi.refetch()} />;
  return <Loading height={800} />;
}
