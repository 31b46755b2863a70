/** Lo que usan todas las páginas. Las cifras y las horas llegan con formato. */
import type { Texts } from '..';
import type { StateWord } from '../en/common';
import type { Phase } from '../../live/link';
import type { RangeId } from '../../live/ranges';

export const plural = (n: number, one: string, many: string): string => (n === 1 ? one : many);

const states: Record<StateWord, string> = {
  ok: 'Correcto',
  warning: 'Advertencia',
  critical: 'Crítico',
  undetermined: 'Sin determinar',
  no_data: 'Sin datos',
};

const ranges: Record<RangeId, { short: string; long: string }> = {
  '15m': { short: '15 min', long: 'los últimos 15 minutos' },
  '1h': { short: '1 hora', long: 'la última hora' },
  '6h': { short: '6 horas', long: 'las últimas 6 horas' },
  '24h': { short: '24 horas', long: 'las últimas 24 horas' },
  '7d': { short: '7 días', long: 'los últimos 7 días' },
  all: { short: 'Todo', long: 'todo lo almacenado' },
};

export const rangeLong = (id: RangeId): string => ranges[id].long;
export const rangeShort = (id: RangeId): string => ranges[id].short;
export const stateWord = (state: StateWord): string => states[state];

const units: [number, string, string][] = [
  [86_400_000, 'día', 'días'],
  [3_600_000, 'hora', 'horas'],
  [60_000, 'minuto', 'minutos'],
  [1000, 'segundo', 'segundos'],
];

/** "10 segundos", "minuto", "2 horas": cabe detrás de "cada" y "por". */
export function span(ms: number): string {
  for (const [size, one, many] of units) {
    if (ms >= size && ms % size === 0) return ms === size ? one : `${ms / size} ${many}`;
  }
  return `${ms} ms`;
}

const link: Record<Exclude<Phase, 'stale'>, string> = {
  connecting: 'Conectando',
  live: 'En directo',
  reconnecting: 'Reconectando',
};

const unitWords: Record<string, string> = {
  '1/h': 'por hora',
  '1/min': 'por minuto',
  '1/d': 'por día',
  h: 'horas',
  min: 'minutos',
  s: 'segundos',
  cases: 'casos',
  points: 'puntos',
  score: 'puntos',
  stars: 'estrellas',
};

const comparisons: Record<string, string> = {
  below: 'por debajo de',
  above: 'por encima de',
  'at least': 'al menos',
  'at most': 'como mucho',
};

export const common = {
  language: 'Español',
  product: 'HMS Monitor',
  skip: 'Ir a las cifras',
  controls: 'Controles de la página',

  pages: {
    label: 'Páginas',
    controlRoom: 'Sala de control',
    kpis: 'Indicadores',
    cases: 'Casos',
    definitions: 'Definiciones',
    alerts: 'Alertas',
    metrics: 'Métricas',
    explore: 'Explorar',
    boards: 'Tableros',
    reports: 'Informes',
  },

  link: (phase) => link[phase],
  stale: (since) => `Sin datos nuevos desde ${since}`,
  paused: 'En pausa',
  pause: 'Pausar',
  resume: 'Reanudar',
  pauseHint: 'la actualización de las cifras; las alertas siguen llegando',
  signOut: 'Cerrar sesión',
  signedInAs: (name) => `Sesión de ${name}`,

  settings: {
    heading: 'Ajustes',
    theme: 'Tema',
    themes: { light: 'Claro', dark: 'Oscuro', system: 'Sistema' },
    language: 'Idioma',
    zone: 'Horas',
    viewerZone: (zone) => `En su zona (${zone})`,
    agencyZone: (zone) => `En la zona de la agencia (${zone})`,
    otherZone: (zone) => `En ${zone}`,
  },

  state: stateWord,
  title: (critical, warning) =>
    [
      critical > 0 && `${critical} ${plural(critical, 'crítico', 'críticos')}`,
      warning > 0 && `${warning} en advertencia`,
      'HMS Monitor',
    ]
      .filter(Boolean)
      .join(' · '),
  zone: (zone) => `Horas en ${zone}`,

  filter: {
    label: 'Filtrar por etiqueta',
    all: 'Todo',
    clear: 'Quitar los filtros',
    none: '(ninguno)',
  },

  range: {
    label: 'Periodo de los gráficos',
    short: rangeShort,
  },

  table: {
    show: 'Ver este gráfico como tabla',
    time: 'Hora',
    n: 'n',
    lower: '95 % desde',
    upper: '95 % hasta',
    noValue: 'sin valor',
    sortBy: 'Ordenar por',
    sort: (column) => `Ordenar por ${column}`,
    page: (from, to, total) => `${from} a ${to} de ${total}`,
    previous: 'Página anterior',
    next: 'Página siguiente',
    empty: 'Nada que mostrar.',
  },

  unit: (unit) => unitWords[unit] ?? unit,

  condition: (comparison, limit) => `${comparisons[comparison] ?? comparison} ${limit}`,

  dialog: { close: 'Cerrar' },
  loading: 'Cargando…',

  empty: {
    heading: 'A la espera del primer evento',
    lead: 'Envíe uno de cualquiera de estas maneras. La página se activa sola cuando llega.',
    curl: 'Desde una terminal',
    crossing: (rule) => `Su valor cruza el umbral ${rule}, así que llega con una alerta.`,
    js: 'Desde JavaScript',
    demo: 'O vea trabajar a una oficina simulada',
    token: 'Ponga un token con el rol ingest en lugar de TOKEN.',
    copy: 'Copiar',
    copied: 'Copiado',
    copyFailed: 'Seleccione el texto para copiarlo',
    copyWhat: (what) => `el texto «${what}»`,
  },

  signIn: {
    heading: 'Iniciar sesión',
    lead: 'Este servidor muestra sus cifras a quien tiene un token de acceso con el rol read.',
    token: 'Token de acceso',
    hint: 'Quien administra el servidor crea uno con',
    command: 'hms-monitor token new --name NAME --role read',
    show: 'Mostrar el token',
    hide: 'Ocultar el token',
    submit: 'Entrar',
    empty: 'Escriba su token de acceso',
    refused: 'Este token no se acepta. Compruebe que está completo y que tiene el rol read.',
    failed: (why) => `No se pudo iniciar sesión: ${why}`,
  },

  errors: {
    heading: 'Hay un problema',
    unreachable: 'El servidor no responde',
    unreachableLead: 'La página sigue intentándolo y continúa sola cuando el servidor vuelve.',
    refused: 'El servidor denegó las cifras',
    panel: (why) => `No se pudo leer lo almacenado. ${why}`,
    tryNow: 'Intentar ahora',
    notReady: 'El servidor no está listo',
    notFound: 'Página no encontrada',
    notFoundLead: 'No hay ninguna página en esta dirección. Si la escribió, compruebe que es correcta.',
    home: 'Ir a la sala de control',
    crash: 'Esta página dejó de funcionar',
    crashLead: 'Es un fallo de la página misma. Lo almacenado en el servidor no se ve afectado.',
    reload: 'Cargar la página de nuevo',
  },
} satisfies Partial<Texts>;
