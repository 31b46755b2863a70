import type { Texts } from '..';

const levels: Record<string, string> = {
  L0: 'lo tienen abierto a la vez',
  L1: 'trabajan en él a la vez',
  L2: 'chocaron al guardar: uno fue rechazado',
  L3: 'se sobrescribieron',
  proxy: 'lo editaron poco después uno de otro',
};

const states: Record<string, string> = { open: 'Abiertos', closed: 'Cerrados', all: 'Todos' };
const spanStates: Record<string, string> = {
  running: 'En marcha',
  overdue: 'Vencido',
  paused: 'En pausa',
  closed: 'Fuera de horario',
};
const verdicts: Record<string, string> = {
  met: 'cumplido',
  missed: 'incumplido',
  pending: 'aún sin decidir',
  excluded: 'no cuenta',
};

export const cases = {
  cases: {
    heading: 'Casos',
    listHeading: (order) => (order === 'age' ? 'Los más antiguos primero' : 'Los que vencen primero'),
    against: (kpi, version) => `medidos con ${kpi}, versión ${version}`,
    clock: 'Reloj',
    which: 'Qué casos',
    states: (state) => states[state] ?? state,
    order: 'Orden',
    orders: (order) => (order === 'age' ? 'Antiguos' : 'Vencen antes'),
    onlyAtRisk: 'Solo en riesgo',
    none: 'Ningún caso coincide. Elija otros casos o menos filtros.',
    caption: 'Casos medidos con un reloj',
    page: (n) => `Página ${n}`,
    case: 'Caso',
    state: 'Estado',
    left: 'Tiempo restante',
    deadline: 'Plazo',
    opened: 'Abierto',
    goal: 'Meta',
    tags: 'Etiquetas',
    notJudged: 'sin juzgar',
    met: (left) => `a tiempo${left && `, quedaban ${left}`}`,
    missed: (over) => `tarde${over && ` por ${over}`}`,
    radar: {
      heading: 'Radar de conflictos',
      summary: (n, plain, cases) =>
        plain === 0
          ? 'No hay ningún conflicto abierto ahora.'
          : `${n} ${plain === 1 ? 'conflicto abierto' : 'conflictos abiertos'} ahora, en ${cases} ${cases === '1' ? 'caso' : 'casos'}.`,
      level: (level) => levels[level] ?? level,
    },
    one: {
      all: 'Todos los casos',
      heading: (id) => `Caso ${id}`,
      heldBy: 'Medido con',
      version: (n) => `versión ${n} de su definición`,
      unknown: 'No se conoce ningún evento de este caso.',
      noClock: 'Ningún reloj ha corrido para este caso.',
      timeline: 'Cronología',
      timelineCaption: 'Los eventos del caso, el más antiguo primero',
      more: 'Hay eventos más antiguos; estos son los 1000 más nuevos.',
      event: 'Evento',
      value: 'Valor',
    },
    account: {
      heading: (cycle, goal) =>
        [goal ?? 'Cuenta del reloj', cycle > 1 && `ciclo ${cycle}`].filter(Boolean).join(', '),
      verdict: (verdict) => verdicts[verdict] ?? verdict,
      noDeadline: 'ninguno mientras está parado',
      used: 'Tiempo usado',
      target: 'Permitido',
      givenBy: (tag) => `dado por la etiqueta ${tag}`,
      calendar: 'Horario de atención',
      endedBy: 'Terminado por',
      summary: (running, paused, closed, overdue) =>
        `El reloj corrió ${running}, estuvo en pausa ${paused}, parado fuera de horario ${closed} y vencido ${overdue}.`,
      caption: 'Tramos del reloj',
      from: 'Desde',
      to: 'Hasta',
      state: (state) => spanStates[state] ?? state,
      length: 'Duración',
      counted: 'Contado',
      why: 'Por qué',
      now: 'ahora',
    },
  },
} satisfies Partial<Texts>;
