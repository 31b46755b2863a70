import { Segments } from '../../components/segments';
import { rangeIds, type RangeId } from '../../live/ranges';
import { texts } from '../../texts';

export function RangeSwitch({ chosen, onChoose }: { chosen: RangeId; onChoose: (id: RangeId) => void }) {
  return (
    <Segments
      className="segments--range"
      label={texts.range.label}
      options={rangeIds.map((value) => ({ value, label: texts.range.short(value) }))}
      chosen={chosen}
      onChoose={onChoose}
    />
  );
}
