import { describe, expect, it } from 'vitest';
import { definitionIn } from '../../lib/definition-yaml';
import {
  changed,
  fieldsOf,
  shown,
  starter,
  thresholdFields,
  typed,
  types,
  withType,
  withValue,
} from './draft';
import { faultsOf } from './use-preview';
import { ApiError } from '../../api/fault';
import { placeOf } from './yaml-editor';

describe('a definition in the form', () => {
  it.each([
    ['share', '90', 0.9],
    ['share', '99.5', 0.995],
    ['list', 'office, queue', ['office', 'queue']],
    ['text', '< 5', '< 5'],
    ['limit', '90', 0.9],
    ['limit', '> 7.5', '> 0.075'],
    ['limit', '>', '>'],
    ['text', '5', 5],
    ['duration', '48h', '48h'],
  ] as const)('takes a %s %j as the definition has it, and shows it again', (kind, text, value) => {
    expect(typed(kind, text)).toEqual(value);
    expect(shown(kind, typed(kind, text))).toBe(text);
  });

  it('shows no field for what a field cannot hold', () => {
    expect(shown('duration', { tag: 'priority' })).toBeUndefined();
    expect(shown('list', 'office')).toBeUndefined();
  });

  it('asks for limits of shares in per cent, of other values in their unit', () => {
    const kinds = (definition: Record<string, unknown>) => thresholdFields(definition).map((f) => f.kind);
    expect(kinds({ type: 'sla' })).toContain('limit');
    expect(kinds({ type: 'satisfaction', instrument: 'csat5' })).toContain('limit');
    expect(kinds({ type: 'satisfaction', instrument: 'nps' })).not.toContain('limit');
    expect(kinds({ type: 'backlog' })).not.toContain('limit');
  });

  it('leaves out what is empty', () => {
    const one = withValue({ name: 'a' }, 'thresholds.warning', 5);
    expect(one).toEqual({ name: 'a', thresholds: { warning: 5 } });
    expect(withValue(one, 'thresholds.warning', typed('text', ' '))).toEqual({ name: 'a' });
  });

  it('keeps what it does not ask for', () => {
    const target = { tag: 'priority', values: { high: '4h' } };
    const text = changed('type: sla\ntarget: {tag: priority, values: {high: 4h}}\n', 'objective', 0.9);
    expect(definitionIn(text ?? '')).toEqual({ type: 'sla', target, objective: 0.9 });
    expect(changed('type: [', 'objective', 0.9)).toBeUndefined();
  });

  it('keeps of another type what all types have', () => {
    const before = { name: 'a', type: 'sla', target: '1h', by: ['x'] };
    expect(withType(before, 'backlog')).toEqual({ name: 'a', type: 'backlog', by: ['x'] });
  });

  it('asks every type for its window', () => {
    for (const type of types) expect(fieldsOf({ type }).map((f) => f.key)).toContain('window');
    expect(definitionIn(starter)).toMatchObject({ type: 'throughput' });
  });
});

describe('a fault', () => {
  it('is at a line and a column of the text', () => {
    const error = new ApiError(422, '', '', [{ field: '/event', position: '2:3', detail: 'is wrong' }]);
    expect(faultsOf(error)).toEqual([{ field: '/event', line: 2, column: 3, detail: 'is wrong' }]);
    expect(placeOf('ab\ncdef\n', 2, 3)).toBe(5);
    expect(placeOf('ab\ncdef\n', 9, 1)).toBe(8);
  });

  it('is none of a definition where the server did not answer', () => {
    expect(faultsOf(new ApiError(503, '', ''))).toEqual([]);
  });
});
