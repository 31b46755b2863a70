import { useEffect, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useAlertNews } from '../../api/alerts';
import { zoneName } from '../../lib/format';
import { useMinute } from '../../lib/use-minute';
import { texts } from '../../texts';

const tabs = [
  ['/alerts', 'now'],
  ['/alerts/history', 'history'],
  ['/alerts/silences', 'silences'],
  ['/alerts/rules', 'rules'],
  ['/alerts/backtest', 'backtest'],
  ['/alerts/deliveries', 'deliveries'],
] as const;

interface Props {
  readonly heading: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** What every page of alerts has: its heading, the way to the others, and news of alerts. */
export function AlertsFrame({ heading, note, actions, children }: Props) {
  useAlertNews();
  const [location] = useLocation();
  const now = useMinute();
  useEffect(() => {
    document.title = `${heading} · ${texts.product}`;
  }, [heading]);
  return (
    <div className="alerting">
      <nav className="tabs" aria-label={texts.alerting.tabs.label}>
        <ul className="tabs__list">
          {tabs.map(([path, name]) => (
            <li key={path}>
              <Link className="tabs__link" href={path} aria-current={location === path ? 'page' : undefined}>
                {texts.alerting.tabs[name]}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <header className="page__top">
        <div>
          <h1 className="page__title">{heading}</h1>
          <p className="headline__note">
            {note && <span className="headline__fact">{note}</span>}
            <span className="headline__fact">{texts.zone(zoneName(now))}</span>
          </p>
        </div>
        {actions}
      </header>
      {children}
    </div>
  );
}
