import { useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { api } from '../api/client';
import { useSession } from '../api/session';
import { hourMinute } from '../lib/format';
import { useFlag, useKeptFilter } from '../lib/url-state';
import { useLink } from '../live/use-live';
import { routes } from '../pages';
import { texts } from '../texts';
import { Settings } from './settings';
import { LinkShape, Mark } from './shapes';

/** How the page stands with the server, in words and shape. */
export function LinkState() {
  const link = useLink();
  const [paused] = useFlag('paused');
  const shown = paused && link.phase === 'live' ? 'paused' : link.phase;
  const words =
    shown === 'paused'
      ? texts.paused
      : shown === 'stale'
        ? texts.stale(hourMinute(link.since))
        : texts.link(shown);
  return (
    <p className={`link-state link-state--${shown}`} data-phase={shown}>
      <LinkShape phase={shown} />
      {words}
    </p>
  );
}

function PauseButton() {
  const [paused, setPaused] = useFlag('paused');
  return (
    <button
      className="usa-button usa-button--outline button"
      type="button"
      onClick={() => setPaused(!paused)}
    >
      {paused ? texts.resume : texts.pause}
      <span className="usa-sr-only"> {texts.pauseHint}</span>
    </button>
  );
}

function Navigation() {
  const [location] = useLocation();
  const kept = useKeptFilter();
  return (
    <nav className="nav" aria-label={texts.pages.label}>
      <ul className="nav__list">
        {routes.map(({ path, nav }) => {
          if (!nav) return null;
          const here = path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);
          return (
            <li key={path}>
              <Link className="nav__link" href={kept(path)} aria-current={here ? 'page' : undefined}>
                {texts.pages[nav]}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function SignOut() {
  const session = useSession();
  const queries = useQueryClient();
  if (!session.authentication || !session.signedIn) return null;
  return (
    <button
      className="usa-button usa-button--unstyled button button--quiet"
      type="button"
      title={session.name ? texts.signedInAs(session.name) : undefined}
      onClick={() => void api.signOut().then(() => queries.resetQueries())}
    >
      {texts.signOut}
    </button>
  );
}

/** The bar above every page; `live` where somebody is signed in. */
export function Header({ live = false }: { live?: boolean }) {
  return (
    <header className="bar">
      <a className="usa-skipnav" href="#main">
        {texts.skip}
      </a>
      <Link className="bar__product" href="/">
        <Mark />
        <span className="bar__name">{texts.product}</span>
      </Link>
      {live && <Navigation />}
      <div className="bar__controls" role="group" aria-label={texts.controls}>
        {live && <LinkState />}
        {live && <PauseButton />}
        <Settings />
        {live && <SignOut />}
      </div>
    </header>
  );
}
