import { rangeIds, type RangeId } from '../live/ranges';
import { strings } from '../strings';

export function RangeSwitch({ chosen, onChoose }: { chosen: RangeId; onChoose: (id: RangeId) => void }) {
  return (
    <fieldset className="segments segments--range">
      <legend className="usa-sr-only">{strings.range.label}</legend>
      {rangeIds.map((id) => (
        <label className="segments__item" key={id}>
          <input type="radio" name="range" value={id} checked={chosen === id} onChange={() => onChoose(id)} />
          <span>{strings.range.short(id)}</span>
        </label>
      ))}
    </fieldset>
  );
}
