import type { ClockCycle } from '../../api/types';
import { clockAhead, moment, tick } from '../../lib/format';
import { texts } from '../../texts';
import { useWidth } from '../../lib/use-width';

const barTop = 18;
const barHeight = 26;
const height = 74;

/** The spans of a clock on an axis of time. States differ by hatching as well as by colour. */
export function ClockAxis({ cycle, at, summary }: { cycle: ClockCycle; at: number; summary: string }) {
  const [host, width] = useWidth<HTMLDivElement>();
  const text = texts.cases.account;
  const start = cycle.start;
  const end = Math.max(cycle.end ?? at, cycle.deadline ?? 0, start + 1);
  const x = (t: number) => ((t - start) / (end - start)) * width;
  const ticks = ticksOf(start, end, Math.max(2, Math.floor(width / 110)));
  const used = [...new Set(cycle.spans.map((s) => s.state))];
  return (
    <div className="clock" ref={host}>
      <svg width={width} height={height} role="img" aria-label={summary}>
        <defs>
          <pattern
            id="clock-paused"
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <path className="clock__hatch" d="M0 0v6" />
          </pattern>
          <pattern id="clock-closed" width="5" height="5" patternUnits="userSpaceOnUse">
            <circle className="clock__dot" cx="2" cy="2" r="0.9" />
          </pattern>
        </defs>
        {ticks.map((t) => (
          <g key={t.at}>
            <path className="clock__tick" d={`M${x(t.at)} ${barTop}v${barHeight + 6}`} />
            <text
              className="clock__text"
              x={Math.min(Math.max(x(t.at), 20), width - 20)}
              y={barTop + barHeight + 20}
              textAnchor="middle"
            >
              {t.words}
            </text>
          </g>
        ))}
        {cycle.spans.map((s) => (
          <rect
            key={s.from}
            className={`clock__span clock__span--${s.state}`}
            data-span={s.state}
            x={x(s.from)}
            y={barTop}
            width={Math.max(0.5, x(s.to) - x(s.from))}
            height={barHeight}
          >
            <title>{`${text.state(s.state)}: ${moment(s.from, at, false)} – ${moment(s.to, at, false)}`}</title>
          </rect>
        ))}
        {cycle.deadline !== null && (
          <Line
            x={x(cycle.deadline)}
            width={width}
            words={texts.cases.deadline}
            className="clock__deadline"
          />
        )}
        {cycle.end === null && end > at && (
          <Line x={x(at)} width={width} words={text.now} className="clock__now" />
        )}
      </svg>
      <ul className="clock__key" aria-hidden="true">
        {used.map((state) => (
          <li key={state}>
            <svg width="22" height="12">
              <rect className={`clock__span clock__span--${state}`} width="22" height="12" />
            </svg>
            {text.state(state)}
          </li>
        ))}
      </ul>
      <p className="clock__words">{summary}</p>
    </div>
  );
}

function Line({
  x,
  width,
  words,
  className,
}: {
  x: number;
  width: number;
  words: string;
  className: string;
}) {
  const atEnd = x > width / 2;
  return (
    <g className={className}>
      <path d={`M${Math.min(Math.max(x, 1), width - 1)} 2v${barTop + barHeight + 2}`} />
      <text x={x + (atEnd ? -5 : 5)} y={12} textAnchor={atEnd ? 'end' : 'start'}>
        {words}
      </text>
    </g>
  );
}

const minute = 60_000;
const nice = [
  1, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880, 10_080, 20_160, 43_200, 129_600, 525_600,
].map((m) => m * minute);

export function ticksOf(from: number, to: number, most: number): readonly { at: number; words: string }[] {
  const step =
    nice.find((n) => (to - from) / n <= most) ??
    (nice.at(-1) as number) * Math.ceil((to - from) / (nice.at(-1) as number) / most);
  // Days begin at midnight: a change of the clock is near enough for a tick, and exact in the table.
  const ahead = step >= 1440 * minute ? clockAhead(from) : 0;
  const first = Math.ceil((from + ahead) / step) * step - ahead;
  const all = [];
  for (let t = first; t < to; t += step) all.push({ at: t, words: tick(t, step) });
  return all;
}
