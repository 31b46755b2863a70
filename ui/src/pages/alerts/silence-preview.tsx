import { useEffect, useState } from 'react';
import { useSilencePreview } from '../../api/silences';
import { StateBadge } from '../../components/state-badge';
import { TagList } from '../../components/tag-list';
import { count } from '../../lib/format';
import { texts } from '../../texts';

const days = 30;

/** What is typed, once the typing rests. */
function useRested(all: readonly string[]): readonly string[] {
  const [rested, setRested] = useState(all);
  const key = all.join('\n');
  useEffect(() => {
    const timer = window.setTimeout(() => setRested(key === '' ? [] : key.split('\n')), 350);
    return () => window.clearTimeout(timer);
  }, [key]);
  return rested;
}

/** What a silence with these matchers hides now, and would have hidden. */
export function Preview({ matchers }: { matchers: readonly string[] }) {
  const text = texts.alerting.silence;
  const rested = useRested(matchers);
  const { data, error, isPending } = useSilencePreview(rested, days);
  if (rested.length === 0) return null;
  if (error) {
    return (
      <p className="panel__fault" role="status">
        {text.previewFailed(error.message)}
      </p>
    );
  }
  if (isPending) return <p className="preview muted">{text.reading}</p>;
  return (
    <section className="preview" role="status">
      <p>{text.hides(data.now.length)}</p>
      <ul className="preview__now">
        {data.now.slice(0, 5).map((alert) => (
          <li key={alert.id}>
            <StateBadge state={alert.state} /> {alert.rule} <TagList tags={alert.tags} />
          </li>
        ))}
      </ul>
      <p data-testid="preview-past">
        {data.count === 0
          ? text.pastNone
          : text.past(count(data.count), count(data.critical), data.count === 1)}
      </p>
      <Counts heading={text.byRule} of={data.byRule} />
      <Counts heading={text.byReceiver} of={data.byReceiver} />
    </section>
  );
}

function Counts({ heading, of }: { heading: string; of: Readonly<Record<string, number>> | null }) {
  const all = Object.entries(of ?? {}).sort((a, b) => b[1] - a[1]);
  if (all.length === 0) return null;
  return (
    <p className="muted">
      {heading}: {all.map(([name, n]) => texts.alerting.silence.times(name, count(n))).join(', ')}
    </p>
  );
}
