import { operatorOf, operators, withOperator, type Matcher, type Operator } from '../../api/silences';
import { Button } from '../../components/button';
import { texts } from '../../texts';

interface Props {
  readonly matchers: readonly Matcher[];
  readonly onChange: (matchers: readonly Matcher[]) => void;
}

/** The conditions of a silence: label, comparison, value. */
export function MatcherRows({ matchers, onChange }: Props) {
  const text = texts.alerting.silence;
  const put = (at: number, matcher: Matcher) => onChange(matchers.map((m, i) => (i === at ? matcher : m)));
  return (
    <fieldset className="matchers">
      <legend className="entry__label">{text.conditions}</legend>
      {matchers.map((matcher, i) => (
        <div className="matchers__row" key={i}>
          <input
            className="usa-input input"
            aria-label={text.label(i + 1)}
            autoComplete="off"
            value={matcher.name}
            onChange={(e) => put(i, { ...matcher, name: e.target.value })}
          />
          <select
            className="usa-select select"
            aria-label={text.operator(i + 1)}
            value={operatorOf(matcher)}
            onChange={(e) => put(i, withOperator(matcher.name, e.target.value as Operator, matcher.value))}
          >
            {operators.map((operator) => (
              <option key={operator}>{operator}</option>
            ))}
          </select>
          <input
            className="usa-input input"
            aria-label={text.value(i + 1)}
            autoComplete="off"
            value={matcher.value}
            onChange={(e) => put(i, { ...matcher, value: e.target.value })}
          />
          <Button look="quiet" onClick={() => onChange(matchers.filter((_, at) => at !== i))}>
            {text.remove}
            <span className="usa-sr-only"> {text.removeWhich(i + 1)}</span>
          </Button>
        </div>
      ))}
      <Button onClick={() => onChange([...matchers, withOperator('', '=', '')])}>{text.add}</Button>
    </fieldset>
  );
}
