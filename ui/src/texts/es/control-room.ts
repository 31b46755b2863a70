/** La sala de control, y las fichas que muestran también otras páginas. */
import type { Texts } from '..';

const slaNames: Record<string, string> = {
  due: 'Vencidos',
  closed: 'Cerrados',
  closed_and_overdue: 'Cerrados y atrasados',
  live: 'Abiertos ahora',
};

const windowWords = (window: string): string =>
  window.replace(/^(\d+)([smhdw])$/, (_, n: string, unit: string) => {
    const [one, many] = {
      s: ['el último segundo', 'segundos'],
      m: ['el último minuto', 'minutos'],
      h: ['la última hora', 'horas'],
      d: ['el último día', 'días'],
      w: ['la última semana', 'semanas'],
    }[unit] ?? ['', ''];
    return n === '1' ? (one ?? '') : `${/[hw]/.test(unit) ? 'las últimas' : 'los últimos'} ${n} ${many}`;
  });

const slaFormulas: Record<string, (window: string) => string> = {
  due: (window) =>
    `De los casos cuyo plazo venció en ${windowWords(window)}, la parte resuelta a tiempo. Los que siguen abiertos fuera de plazo cuentan como incumplidos.`,
  closed: (window) =>
    `De los casos resueltos en ${windowWords(window)}, la parte resuelta dentro del plazo. Los abiertos fuera de plazo no aparecen aquí.`,
  closed_and_overdue: (window) =>
    `De los casos resueltos en ${windowWords(window)} y los abiertos fuera de plazo ahora, la parte resuelta a tiempo.`,
  live: () => 'Los casos abiertos, según cómo están ahora frente a su plazo.',
};

const slaDenominators: Record<string, string> = {
  due: 'Dividido entre: casos cuyo plazo venció.',
  closed: 'Dividido entre: casos resueltos.',
  closed_and_overdue: 'Dividido entre: casos resueltos y casos abiertos fuera de plazo.',
  live: 'Sin dividir: son recuentos de casos.',
};

const verdicts: Record<'met' | 'missed' | 'undetermined', (needed: string) => string> = {
  met: () => 'El objetivo se cumple.',
  missed: () => 'El objetivo no se cumple.',
  undetermined: (needed) =>
    `Son muy pocos para decir si se cumple el objetivo: harían falta unos ${needed} casos más.`,
};

const levels: Record<string, string> = {
  L0: 'lo tienen abierto a la vez',
  L1: 'trabajan en él a la vez',
  L2: 'chocaron al guardar: uno fue rechazado',
  L3: 'sobrescribieron sus cambios',
  proxy: 'lo editaron uno poco después de otro',
};

const caseStates: Record<string, string> = {
  breached: 'Fuera de plazo',
  at_risk: 'En riesgo',
  on_track: 'En plazo',
  paused: 'En pausa',
  without_goal: 'Sin meta',
  closed: 'Cerrado',
  cancelled: 'Cancelado',
};

const spanWords: Record<string, string> = {
  '1h': '1 hora',
  '6h': '6 horas',
  '24h': '24 horas',
  '7d': '7 días',
  '30d': '30 días',
};

export const controlRoom = {
  tile: {
    noTarget: 'Sin objetivo fijado',
    objective: (share) => `Objetivo ${share}`,
    limits: (warning, critical) =>
      [warning && `Advertencia ${warning}`, critical && `crítico ${critical}`]
        .filter(Boolean)
        .join(', ')
        .replace(/^./, (c) => c.toUpperCase()),
    sameAsLastWeek: 'Igual que hace una semana a esta hora',
    change: (by, up) => `${by} ${up ? 'más' : 'menos'} que hace una semana a esta hora`,
    points: (n) => `${n} puntos porcentuales`,
    noLastWeek: 'Sin valor hace una semana a esta hora',
    n: (n) => `n = ${n}`,
    interval: (low, high) => `Intervalo del 95 %: de ${low} a ${high}`,
    complete: 'completo',
    incomplete: 'aún contando',
    backfill: (share) => `leyendo el historial, ${share} hecho`,
    window: (window) => windowWords(window).replace(/^(el|la|los|las) /, ''),
    notByTag: (keys) => `total: no se desglosa por ${keys}`,
  },

  controlRoom: {
    lead: 'Cifras principales',
    others: 'Otros KPI',
    headline: (critical, warning, of) =>
      critical + warning === 0
        ? 'Ningún KPI en advertencia ni crítico'
        : `${[critical > 0 && `${critical} ${critical === 1 ? 'crítico' : 'críticos'}`, warning > 0 && `${warning} en advertencia`].filter(Boolean).join(', ')} de ${of} KPI`,
    firing: (critical, warning) => {
      const kinds = [
        critical > 0 && `${critical} ${critical === 1 ? 'crítica' : 'críticas'}`,
        warning > 0 && `${warning} de advertencia`,
      ].filter(Boolean);
      return `Alertas: ${kinds.join(', ')}`;
    },
    span: (id) => spanWords[id] ?? id,
    over: (window) => `en ${windowWords(window)}`,
    noValues: 'Sin valores en este periodo.',
    summary: (what, low, high, last) =>
      `Gráfico de ${what}: entre ${low} y ${high}${last === undefined ? '' : `, ${last} al final`}.`,
    allAlerts: 'Todas las alertas',
    leaveWall: 'Salir de la pantalla mural',
    sla: {
      choose: 'Cifra de cumplimiento',
      figure: (id) => slaNames[id] ?? id,
      formula: (id, window) => slaFormulas[id]?.(window) ?? '',
      denominator: (id) => slaDenominators[id] ?? '',
      excludes: 'Se excluye:',
      of: (met, total) => `a tiempo: ${met} de ${total} ${total === '1' ? 'caso' : 'casos'}.`,
      live: (breached, atRisk, onTrack, paused) =>
        `${breached} fuera de plazo, ${atRisk} en riesgo, ${onTrack} en plazo, ${paused} en pausa.`,
      verdict: (verdict, needed) => verdicts[verdict](needed),
      soFar: (share, total) => `${share} de ${total} cerrados hasta ahora, a tiempo`,
      breached: 'Fuera de plazo',
      atRisk: 'En riesgo',
    },
    satisfaction: {
      value: 'Valor',
      upper: 'Intervalo del 95 %, extremo superior',
      lower: 'Intervalo del 95 %, extremo inferior',
      responses: (responses, sent) => `de ${responses} respuestas a ${sent} encuestas.`,
    },
    conflicts: {
      heading: 'Conflictos iniciados',
      began: 'Conflictos iniciados',
      now: (open, started, window) =>
        `${open} ${open === '1' ? 'abierto' : 'abiertos'} ahora; ${started} ${started === '1' ? 'empezó' : 'empezaron'} en ${windowWords(window)}.`,
    },
    next: {
      heading: 'Próximos a vencer',
      none: 'Ningún caso abierto tiene plazo.',
      state: (state) => caseStates[state] ?? state,
      left: (time) => `quedan ${time}`,
      over: (time) => `Retraso de ${time}`,
      noDeadline: 'sin plazo',
      due: (time) => `vence ${time}`,
    },
    open: {
      heading: 'Conflictos abiertos ahora',
      none: 'Nadie estorba a nadie.',
      who: (agents, level) => `${agents} ${levels[level] ?? level}`,
      since: (time) => `desde ${time}`,
    },
  },
} satisfies Partial<Texts>;
