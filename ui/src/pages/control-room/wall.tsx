import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { LinkState } from '../../components/header';
import { Spark } from '../../components/spark';
import { KpiBadge } from '../../components/state-badge';
import { StateShape } from '../../components/shapes';
import { Button } from '../../components/button';
import { hourMinute, zoneName } from '../../lib/format';
import { figureOf } from '../../lib/units';
import { useFlag, useParam, useTagFilter } from '../../lib/url-state';
import { useMinute } from '../../lib/use-minute';
import { titleOf } from '../../lib/title';
import { texts } from '../../texts';
import { AlertsRail } from './alerts-rail';
import type { Arranged } from './arrange';
import { NextCases } from './next-cases';
import type { RoomState } from './use-state';
import type { Shown } from './use-values';
import { changeOf, targetOf } from './words';

const slides = ['figures', 'work', 'cases', 'alerts'] as const;
type Slide = (typeof slides)[number];
const turn = 15_000;

/** Turns by itself; paused, or stepped through with the arrow keys, on demand. */
function useSlide(): readonly [Slide, (by: number) => void] {
  const [given, setGiven] = useParam<Slide | ''>('slide', '', ['', ...slides]);
  const [at, setAt] = useState(Math.max(0, slides.indexOf(given || 'figures')));
  const [paused, setPaused] = useFlag('paused');
  const go = (by: number) => {
    const next = (at + by + slides.length) % slides.length;
    setAt(next);
    if (given) setGiven(slides[next] ?? '');
  };
  useEffect(() => {
    if (paused || given) return;
    const timer = window.setInterval(() => setAt((now) => (now + 1) % slides.length), turn);
    return () => window.clearInterval(timer);
  }, [paused, given]);
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.key === 'ArrowRight') go(1);
      if (e.key === 'ArrowLeft') go(-1);
      if (e.key === ' ' && e.target === document.body) setPaused(!paused);
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  });
  return [slides[at] ?? 'figures', go];
}

/** For a screen on the wall: few figures, large enough to be read from 5 m, that take turns. */
export function Wall({ room, arranged }: { room: RoomState; arranged: Arranged }) {
  const [slide] = useSlide();
  const [tags] = useTagFilter();
  const now = useMinute();
  const figures = arranged.lead.filter(({ kpi }) => ['throughput', 'sla', 'satisfaction'].includes(kpi.type));
  const work = arranged.lead.filter((one) => !figures.includes(one));
  return (
    <div className="wall" data-slide={slide}>
      <h1 className="usa-sr-only">{texts.pages.controlRoom}</h1>
      <div className="wall__slide">
        {slide === 'figures' && figures.map((one) => <WallFigure key={one.kpi.name} shown={one} />)}
        {slide === 'work' && work.map((one) => <WallFigure key={one.kpi.name} shown={one} />)}
        {slide === 'cases' && <NextCases tags={tags} limit={6} />}
        {slide === 'alerts' && <AlertsRail now={now} />}
      </div>
      <WallFoot room={room} now={now} />
    </div>
  );
}

function WallFigure({ shown }: { shown: Shown }) {
  const { kpi, series } = shown;
  const value = series?.value ?? null;
  const state = series?.state ?? 'no_data';
  const [figure, unit] = value === null ? ['–', ''] : figureOf(value, kpi.unit);
  return (
    <section className={`wall__figure kpi--${state}`} data-kpi={kpi.name} aria-label={titleOf(kpi)}>
      <h2 className="wall__title">{titleOf(kpi)}</h2>
      <p>
        <data className="wall__value" value={value ?? ''}>
          {figure}
        </data>{' '}
        <span className="wall__unit">{unit}</span>
      </p>
      <KpiBadge state={state} target={targetOf(kpi)} />
      <Spark values={shown.course} className="wall__spark" />
      <p className="wall__note">{changeOf(shown)}</p>
      <p className="wall__note">{targetOf(kpi) ?? '\u00a0'}</p>
    </section>
  );
}

function WallFoot({ room, now }: { room: RoomState; now: number }) {
  const [paused, setPaused] = useFlag('paused');
  return (
    <footer className={`wall__foot wall__foot--${room.state}`}>
      <p className="wall__state">
        <StateShape state={room.state} />
        {room.words}
      </p>
      <LinkState />
      <p>
        {hourMinute(now)} <span className="wall__zone">{zoneName(now)}</span>
      </p>
      <Button onClick={() => setPaused(!paused)}>{paused ? texts.resume : texts.pause}</Button>
      <Link className="usa-link" href="/">
        {texts.controlRoom.leaveWall}
      </Link>
    </footer>
  );
}
