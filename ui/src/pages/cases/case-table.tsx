import { as } from '../../lib/roles';
import { Link } from 'wouter';
import type { CaseClock } from '../../api/types';
import { StateShape } from '../../components/shapes';
import { TagList } from '../../components/tag-list';
import { duration, iso, moment } from '../../lib/format';
import { useFlag } from '../../lib/url-state';
import { texts } from '../../texts';
import { useSecond } from './use-second';
import { leftAt, leftWords, shapeOf } from './words';

/** One line for each clock. It counts down for the eye; nothing of it is read out as it ticks. */
export function CaseTable({ cases, said, kpi }: { cases: readonly CaseClock[]; said: number; kpi: string }) {
  const text = texts.cases;
  const [paused] = useFlag('paused');
  const now = useSecond(paused);
  const goals = cases.some((c) => c.goal);
  return (
    // The region scrolls, so the keyboard must reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="scroll scroll--page" tabIndex={0} role="region" aria-label={text.caption}>
      <table className="usa-table usa-table--borderless table table--records" {...as('table')}>
        <caption className="usa-sr-only">{text.caption}</caption>
        <thead {...as('rowgroup')}>
          <tr {...as('row')}>
            <th scope="col" {...as('columnheader')}>
              {text.case}
            </th>
            <th scope="col" {...as('columnheader')}>
              {text.state}
            </th>
            <th scope="col" {...as('columnheader')}>
              {text.left}
            </th>
            <th scope="col" {...as('columnheader')}>
              {text.deadline}
            </th>
            <th scope="col" {...as('columnheader')}>
              {text.opened}
            </th>
            {goals && (
              <th scope="col" {...as('columnheader')}>
                {text.goal}
              </th>
            )}
            <th scope="col" {...as('columnheader')}>
              {text.tags}
            </th>
          </tr>
        </thead>
        <tbody {...as('rowgroup')}>
          {cases.map((clock) => (
            <tr
              key={`${clock.caseId} ${clock.goal ?? ''} ${clock.opened}`}
              data-case={clock.caseId}
              data-state={clock.state}
              {...as('row')}
            >
              <th scope="row" {...as('rowheader')}>
                <Link href={`/cases/${encodeURIComponent(clock.caseId)}?kpi=${encodeURIComponent(kpi)}`}>
                  {clock.caseId}
                </Link>
              </th>
              <td data-label={text.state} {...as('cell')}>
                <span className="case-state">
                  <StateShape state={shapeOf[clock.state]} />
                  {texts.controlRoom.next.state(clock.state)}
                </span>
              </td>
              <td
                className={clock.state === 'breached' ? 'case-left case-left--late' : 'case-left'}
                data-label={text.left}
                {...as('cell')}
              >
                {clock.ended !== null ? ended(clock) : leftWords(leftAt(clock, said, Math.max(now, said)))}
              </td>
              <td className="cell--time" data-label={text.deadline} {...as('cell')}>
                {clock.deadline === null ? (
                  '–'
                ) : (
                  <time dateTime={iso(clock.deadline)}>{moment(clock.deadline, now, false)}</time>
                )}
              </td>
              <td className="cell--time" data-label={text.opened} {...as('cell')}>
                <time dateTime={iso(clock.opened)}>{moment(clock.opened, now, false)}</time>
              </td>
              {goals && (
                <td data-label={text.goal} {...as('cell')}>
                  {clock.goal ?? '–'}
                </td>
              )}
              <td data-label={text.tags} {...as('cell')}>
                <TagList tags={clock.tags} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ended({ met, overrunMs, remainingMs }: CaseClock): string {
  const text = texts.cases;
  if (met === null) return text.notJudged;
  return met
    ? text.met(remainingMs === null ? '' : duration(remainingMs))
    : text.missed(overrunMs === null ? '' : duration(overrunMs));
}
