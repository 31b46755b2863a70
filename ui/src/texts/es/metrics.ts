/** La página de métricas. */
import type { Texts } from '..';
import type { State } from '../../api/types';
import { plural, rangeLong, rangeShort, span, stateWord } from './common';

const stateLower = (state: State) => stateWord(state).toLowerCase();

export const metrics = {
  metricCount: (n, one) => `${n} ${one ? 'métrica' : 'métricas'}`,

  perMinute: (n, one) => `${n} ${one ? 'evento' : 'eventos'} en el último minuto`,

  headline: {
    none: 'Se reciben eventos',
    waiting: (n) => `${n} ${plural(n, 'umbral espera', 'umbrales esperan')} un primer valor`,
    allOk: (n) => (n === 1 ? 'El único umbral está correcto' : `Los ${n} umbrales están correctos`),
    states: (critical, warning, ok, waiting) =>
      [
        critical > 0 && `${critical} ${plural(critical, 'crítico', 'críticos')}`,
        warning > 0 && `${warning} en advertencia`,
        ok > 0 && `${ok} ${plural(ok, 'correcto', 'correctos')}`,
        waiting > 0 && `${waiting} sin valor`,
      ]
        .filter(Boolean)
        .join(', '),
  },

  thresholds: {
    heading: 'Umbrales',
    none: 'No hay umbrales. Añádalos al archivo de configuración para que se juzguen los valores según llegan:',
    example: 'thresholds:\n  case.resolved.rate: {warning: 5, critical: 2}',
    noValue: 'Aún sin valor',
    since: (time) => `desde ${time}`,
    limits: (warning, critical) =>
      [warning && `Advertencia ${warning}`, critical && `crítico ${critical}`]
        .filter(Boolean)
        .join(', ')
        .replace(/^./, (c) => c.toUpperCase()),
    ofAll: (states) => `de todos: ${states}`,
    more: (n) => `Mostrar ${n} más`,
    fewer: 'Mostrar menos',
  },

  rates: {
    heading: 'Eventos por métrica',
    every: (step) => `recuento cada ${span(step)}`,
    per: (step) => `por ${span(step)}`,
    none: (range) => `Ningún evento en ${rangeLong(range)}.`,
    noneHint: (last) => `El evento más reciente es de ${last}.`,
    showAll: 'Mostrar todo lo almacenado',
    summary: (range, total, names, top, n) =>
      `Gráfico de líneas de eventos por métrica en ${rangeLong(range)}: ${total} eventos de ${names} ${plural(names, 'métrica', 'métricas')}, la mayoría ${top} con ${n}.`,
    choose: 'Métricas del gráfico',
    find: 'Buscar una métrica',
    noMatch: 'Ninguna métrica tiene esto en su nombre.',
    metric: 'Métrica',
    lastMinute: 'Último minuto',
    inRange: (range) => (range === 'all' ? 'Almacenados' : `Últimos ${rangeShort(range)}`),
    atMost: (n) => `El gráfico muestra como máximo ${n} métricas. Quite una para elegir otra.`,
    table: 'Ver este gráfico como tabla',
    time: 'Fin del intervalo',
    running: 'hasta ahora',
  },

  values: {
    heading: 'Valores',
    metric: 'Métrica',
    summary: (metric, n, min, max, last) =>
      `Gráfico de líneas de los valores de ${metric}: ${n} valores entre ${min} y ${max}, el último ${last}.`,
    none: (metric) => `Ningún valor de ${metric} en este periodo.`,
    partial: (n) => `De los ${n} valores más recientes de este periodo.`,
    mean: 'Media',
    band: 'Del menor al mayor',
    low: 'Menor',
    high: 'Mayor',
    count: 'Valores',
    table: 'Ver este gráfico como tabla',
    time: 'Hora',
    limit: (state, condition) => `${stateWord(state)} ${condition}`,
  },

  alerts: {
    heading: 'Alertas',
    none: 'Ningún umbral ha cambiado de estado todavía.',
    was: (previous) => `antes ${stateLower(previous)}`,
    value: (value, condition) => (condition ? `${value}, ${condition}` : value),
    recovered: 'Recuperada',
    recent: 'Últimos cambios',
    earlier: 'Mostrar alertas anteriores',
    loading: 'Cargando…',
    announce: (state, rule, value, condition, tags) =>
      `${stateWord(state)}: ${rule}${tags ? ` (${tags})` : ''} es ${value}${condition ? `, ${condition}` : ''}.`,
    announceMore: (n) => ` Y ${n} ${plural(n, 'alerta más', 'alertas más')}.`,
  },

  points: {
    heading: 'Últimos puntos',
    filter: 'Métrica',
    all: 'Todas las métricas',
    caption: (limit) => `Los ${limit} puntos más recientes, el último primero`,
    time: 'Hora',
    metric: 'Métrica',
    value: 'Valor',
    tags: 'Etiquetas',
    none: 'Aún no hay puntos.',
  },
} satisfies Partial<Texts>;
