import type { Alert, AlertsPage } from '../api/types';
import { serverNow } from '../api/client';
import { AlertBook, announcement, newerFirst, type Announcement, type Earlier } from './alerts';
import type { Hub } from './hub';

export interface AlertView {
  readonly alerts: readonly Alert[];
  readonly earlier: Earlier;
  /** The changes of state to read out, a new object for each batch. */
  readonly announced: Announcement | undefined;
}

/** The changes of state, stored and live, and which of them are news. */
export class AlertFeed {
  private readonly book = new AlertBook();
  private readonly listeners = new Set<() => void>();
  private readonly begun = serverNow();
  private newest: Alert | undefined;
  private fresh: Alert[] = [];
  private current: AlertView = { alerts: [], earlier: undefined, announced: undefined };

  /** Called when what is stored is to be read anew. */
  onResync: () => void = () => undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly view = (): AlertView => this.current;

  follow(hub: Hub): () => void {
    return hub.join({ kinds: ['alert'], alert: (alert) => this.take(alert), resync: () => this.onResync() });
  }

  fill(page: AlertsPage): void {
    this.book.fill(page);
    const [first] = page.alerts;
    if (first && (!this.newest || newerFirst(first, this.newest) < 0)) this.newest = first;
    this.publish();
  }

  extend(page: AlertsPage): void {
    this.book.extend(page);
    this.publish();
  }

  private take(alert: Alert): void {
    this.book.add(alert);
    // The stream begins with what the last stored event brought about, and a page that
    // asks for more of it may have it repeat: no news.
    const known = this.newest && newerFirst(alert, this.newest) >= 0;
    if (!known) this.newest = alert;
    if (!known && alert.at >= this.begun) this.fresh.push(alert);
    // Not by animation frame: a hidden tab has none, and its title shows the alert.
    window.setTimeout(() => this.publish());
  }

  private publish(): void {
    const announced = this.fresh.length > 0 ? announcement(this.fresh) : this.current.announced;
    this.fresh = [];
    const alerts = this.book.view();
    if (
      alerts === this.current.alerts &&
      announced === this.current.announced &&
      this.book.earlier === this.current.earlier
    ) {
      return;
    }
    this.current = { alerts, earlier: this.book.earlier, announced };
    for (const listener of this.listeners) listener();
  }
}
