import { describe, expect, it } from 'vitest';
import { isName, nameInText, nameOf } from './name';

describe('the name of a board', () => {
  it('is made of its title', () => {
    expect(nameOf('Día de trabajo (north)')).toBe('dia-de-trabajo-north');
    expect(nameOf('  — ')).toBe('');
    expect(isName(nameOf('x'.repeat(100)))).toBe(true);
  });
  it('is found in its text', () => {
    expect(nameInText('# a board\nname: desk\ntitle: Desk\n')).toBe('desk');
    expect(nameInText('{"name": "desk", "panels": []}')).toBe('desk');
    expect(nameInText("name: 'desk.2' # ours")).toBe('desk.2');
    expect(nameInText('title: Desk')).toBeUndefined();
    expect(nameInText('name: A B')).toBeUndefined();
  });
});
