/** The four ways to say how deadlines are kept. */
export const slaFigureIds = ['due', 'closed', 'closed_and_overdue', 'live'] as const;
export type SlaFigure = (typeof slaFigureIds)[number];

interface Share {
  readonly met: number;
  readonly total: number;
  readonly ratio: number | null;
}

/** What the figures of the type sla hold. */
export interface SlaFigures extends Readonly<Record<Exclude<SlaFigure, 'live'>, Share>> {
  readonly live: { breached: number; atRisk: number; onTrack: number; paused: number };
  readonly verdict?: 'met' | 'missed' | 'undetermined';
  readonly needed?: number;
}

export const slaFigures = (figures: unknown): SlaFigures | undefined => figures as SlaFigures | undefined;
