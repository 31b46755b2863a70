import type { Session } from '../api/types';
import type { Link } from '../live/link';
import { hourMinute } from '../lib/format';
import { themes, useTheme } from '../lib/theme';
import { strings } from '../strings';
import { LinkShape, Mark } from './shapes';

interface Live {
  readonly link: Link;
  readonly paused: boolean;
  readonly onPause: (paused: boolean) => void;
}

interface Props {
  readonly live?: Live | undefined;
  readonly session?: Session | undefined;
  readonly onSignOut?: () => void;
}

function LinkState({ link, paused }: Live) {
  const shown = paused && link.phase === 'live' ? 'paused' : link.phase;
  const words =
    shown === 'paused'
      ? strings.paused
      : shown === 'stale'
        ? strings.stale(hourMinute(link.since))
        : strings.link(shown);
  return (
    <p className={`link-state link-state--${shown}`} data-phase={shown}>
      <LinkShape phase={shown} />
      {words}
    </p>
  );
}

function ThemeSwitch() {
  const [theme, setTheme] = useTheme();
  return (
    <fieldset className="segments">
      <legend className="usa-sr-only">{strings.theme}</legend>
      {themes.map((name) => (
        <label className="segments__item" key={name}>
          <input
            type="radio"
            name="theme"
            value={name}
            checked={theme === name}
            onChange={() => setTheme(name)}
          />
          <span>{strings.themes[name]}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function Header({ live, session, onSignOut }: Props) {
  return (
    <header className="bar">
      <a className="usa-skipnav" href="#main">
        {strings.skip}
      </a>
      <a className="bar__product" href="/">
        <Mark />
        {strings.product}
      </a>
      {live && <LinkState {...live} />}
      <div className="bar__controls" role="group" aria-label={strings.controls}>
        {live && (
          <button
            className="usa-button usa-button--outline button"
            type="button"
            onClick={() => live.onPause(!live.paused)}
          >
            {live.paused ? strings.resume : strings.pause}
            <span className="usa-sr-only"> {strings.pauseHint}</span>
          </button>
        )}
        <ThemeSwitch />
        {session?.authentication && session.signedIn && (
          <button
            className="usa-button usa-button--unstyled button button--quiet"
            type="button"
            title={session.name ? strings.signedInAs(session.name) : undefined}
            onClick={onSignOut}
          >
            {strings.signOut}
          </button>
        )}
      </div>
    </header>
  );
}
