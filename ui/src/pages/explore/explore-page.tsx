import { useEffect } from 'react';
import { Link } from 'wouter';
import { Segments } from '../../components/segments';
import { zoneName } from '../../lib/format';
import { useParam } from '../../lib/url-state';
import { useMinute } from '../../lib/use-minute';
import { texts } from '../../texts';
import { EventsView } from './events-view';
import { SqlView } from './sql-view';

const views = ['events', 'sql'] as const;
type View = (typeof views)[number];

/** What is stored, to look at and to ask. */
export default function ExplorePage() {
  const text = texts.explore;
  const [view, setView] = useParam<View>('view', 'events', views);
  const now = useMinute();
  useEffect(() => {
    document.title = `${texts.pages.explore} · ${texts.product}`;
  });
  return (
    <>
      <div className="page__top">
        <div>
          <h1 className="page__title">{texts.pages.explore}</h1>
          <p className="headline__note">{texts.zone(zoneName(now))}</p>
        </div>
        <div className="explore__tools">
          <Segments
            label={text.view}
            options={views.map((value) => ({ value, label: text.views[value] }))}
            chosen={view}
            onChoose={setView}
          />
          <Link href="/explore/metrics">{text.metrics}</Link>
        </div>
      </div>
      {view === 'sql' ? <SqlView /> : <EventsView />}
    </>
  );
}
