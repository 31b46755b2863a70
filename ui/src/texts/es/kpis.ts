import type { Texts } from '..';

const ranges: Record<string, string> = {
  '1h': 'Última hora',
  '6h': 'Últimas 6 horas',
  '24h': 'Últimas 24 horas',
  '7d': 'Últimos 7 días',
  '30d': 'Últimos 30 días',
  '90d': 'Últimos 90 días',
  '1y': 'Último año',
  all: 'Todo lo guardado',
};

const moves: Record<string, string> = {
  earlier: 'Antes',
  in: 'Acercar',
  out: 'Alejar',
  later: 'Después',
};

const origins: Record<string, string> = {
  default: 'incluida',
  file: 'archivo de configuración',
  api: 'definida en el panel o por la API',
};

const verdicts: Record<string, string> = {
  met: 'Cumplido',
  missed: 'Incumplido',
  pending: 'Aún no vence',
  excluded: 'Excluido',
  '': 'No contado',
};

const methods: Record<string, string> = {
  difference: 'Las partes suman el cambio.',
  mix_and_rate: 'Cada parte recoge lo que viene de su peso y de su propia cifra.',
  none: 'El total no se deduce de las partes: ordenadas por su propio cambio.',
};

const kpiTitles: Readonly<Record<string, string>> = {
  'cases.resolved.per.hour': 'Casos resueltos por hora',
  'case.sla': 'Casos resueltos en 48 horas',
  'case.backlog': 'Casos abiertos',
  'caller.satisfaction': 'Quienes nos recomendarían (NPS)',
  'caller.stars': 'Satisfacción en estrellas',
  'caller.csat': 'Personas satisfechas (CSAT)',
  'caller.effort': 'Facilidad para obtener ayuda (CES)',
  'case.conflicts': 'Agentes en el mismo caso',
};

export const kpis = {
  kpiTitles,
  diff: { label: 'Diferencia de las definiciones', added: 'añadido', removed: 'quitado' },
  kpis: {
    asOf: (time: string) => `al ${time}`,
    all: 'Todos los KPI',
    notThere: (name) => `No hay ningún KPI llamado ${name}`,
    upper: 'Intervalo del 95 %, extremo superior',
    lower: 'Intervalo del 95 %, extremo inferior',
    backfill: (version, share, other) =>
      `La versión ${version} lee el historial, ${share} hecho.${other ? ' La versión anterior sigue vigente hasta entonces.' : ''}`,
    verdict: (verdict, needed, late) => {
      if (verdict === 'met') return 'El objetivo se cumple.';
      if (verdict === 'missed') return 'El objetivo no se cumple.';
      const ways = [
        needed && `unos ${needed} más, todos a tiempo, lo darían por cumplido`,
        late && `${late} tarde lo darían por incumplido`,
      ].filter(Boolean);
      return `Indeterminado: son muy pocos para decir si el objetivo se cumple${ways.length ? `; ${ways.join(', ')}` : ''}.`;
    },
    list: {
      heading: 'Indicadores (KPI)',
      caption: 'Todos los KPI tal como están ahora',
      define: 'Crear o cambiar KPI',
      none: 'No hay ningún KPI definido.',
      title: 'Indicador',
      state: 'Estado',
      value: 'Valor',
      target: 'Meta',
      window: 'Abarca',
      by: 'Desglosado por',
      version: 'Versión',
    },
    history: {
      heading: 'Historial',
      step: (step) => `un punto cada ${step}`,
      over: 'Lo que abarca cada punto',
      overStep: 'solo su paso',
      range: (id) => ranges[id] ?? id,
      zoomed: 'Ampliado',
      move: 'Mover y ampliar',
      moves: (how) => moves[how] ?? how,
      back: 'Volver a ahora',
      drag: 'Arrastrar sobre el gráfico',
      drags: (how) => (how === 'zoom' ? 'Arrastrar para ampliar' : 'Arrastrar para explicar'),
      reading: (done, total) => `Se lee el historial: ${done} de ${total} eventos.`,
      summary: (title, from, to, low, high, last, alerts) =>
        `Gráfico de ${title} de ${from} a ${to}: entre ${low} y ${high}, ${last} al final${alerts > 0 ? `, ${alerts} cambios de estado` : ''}.`,
      alerts: (n, one) => `${n} ${one ? 'cambio' : 'cambios'} de estado en este intervalo`,
      allAlerts: (n, first) => `Mostrar los ${n}, desde ${first}`,
    },
    files: {
      csv: 'Archivo CSV',
      png: 'Imagen PNG',
      link: 'Copiar enlace',
      noPicture: 'No hay gráfico que guardar.',
    },
    explain: {
      heading: 'Explicar un cambio',
      clear: 'Quitar',
      hint: 'Marque un intervalo: elija aquí sus extremos, o elija «Arrastrar para explicar» y arrastre sobre el gráfico. Se compara con el intervalo igual de largo justo anterior.',
      noTags:
        'Este KPI no se desglosa por ninguna etiqueta, así que no se puede rastrear un cambio. Añada etiquetas a «by» en su definición.',
      ends: (end) => (end === 'from' ? 'Desde' : 'hasta'),
      change: (before, now, change, nBefore, n) =>
        `De ${before} (n = ${nBefore}) antes a ${now} (n = ${n}) en el intervalo marcado: ${change}.`,
      most: (tag, value, share) => `${tag} ${value} tiene el ${share} del cambio.`,
      by: (tag) => `Por ${tag}`,
      caption: (tag) => `Partes del cambio por ${tag}`,
      method: (method) => methods[method] ?? '',
      share: 'Parte del cambio',
      contribution: (points) => (points ? 'Puntos porcentuales' : 'Contribución'),
      before: 'Antes',
      now: 'Intervalo marcado',
      rest: (n, share) => `Otros (${n}): ${share} juntos.`,
    },
    groups: {
      heading: 'Desglose',
      by: 'Por',
      total: 'Todo junto',
      more: (n) => `Mostrar ${n} más`,
      interval: 'Intervalo del 95 %',
      caption: (tag) => `Valores por ${tag}`,
    },
    definition: {
      heading: 'Definición',
      version: (n, origin) => `versión ${n}, ${origin}`,
      origin: (origin) => origins[origin] ?? origin,
      change: 'Cambiarla',
      formula: 'Qué es',
      excludes: 'Qué se excluye',
      looksBack: 'Abarca',
      yaml: 'La definición en YAML',
    },
    versions: {
      heading: 'Versiones',
      caption: 'Todas las versiones de la definición, la más nueva primero',
      version: 'Versión',
      when: 'Cuándo',
      who: 'Quién',
      why: 'Por qué',
      noWhy: 'sin motivo indicado',
      change: 'Cambio',
      first: 'la primera',
      compare: (n) => `Comparar con la ${n}`,
      between: (a, b) => `Qué cambió de la versión ${a} a la ${b}`,
      noCases: 'Este tipo no juzga casos, así que no hay ninguno que comparar.',
      flipped: (n, of) => `${n} de ${of} casos se juzgan de otro modo.`,
      flippedCaption: 'Casos que se juzgan de otro modo',
      case: 'Caso',
      before: 'Antes',
      after: 'Después',
      deadline: 'Nuevo plazo',
      verdict: (verdict) => verdicts[verdict] ?? verdict,
    },
  },
} satisfies Partial<Texts>;
