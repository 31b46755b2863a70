/** US English: what the other languages translate. One file for each page. */
import { common } from './common';
import { controlRoom } from './control-room';
import { kpis } from './kpis';
import { cases } from './cases';
import { definitions } from './definitions';
import { figures } from './figures';
import { alerting } from './alerting';
import { boards } from './boards';
import { explore } from './explore';
import { metrics } from './metrics';
import { reports } from './reports';

export const en = {
  ...common,
  ...controlRoom,
  ...metrics,
  ...alerting,
  ...kpis,
  ...cases,
  ...definitions,
  ...figures,
  ...explore,
  ...boards,
  ...reports,
};
