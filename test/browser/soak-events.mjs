// What a busy office sends, for as long as is asked.
import { post } from './lib.mjs';

const offices = ['north', 'south', 'east', 'west', 'harbor', 'airport', 'central', 'hill'];
const queues = ['permits', 'records', 'licenses', 'benefits'];

/** The i-th event: cases are opened, worked on by one or two people, and resolved; people call and are asked. */
export function event(i) {
  const n = Math.floor(i / 8);
  const of = (k) => ({
    caseId: `soak-${k}`,
    office: offices[k % offices.length],
    queue: queues[k % queues.length],
  });
  const tags = of(n);
  switch (i % 8) {
    case 0:
      return { metricName: 'case.opened', value: 1, tags };
    case 1:
    case 2:
      // One case in a hundred has two people on it.
      return {
        metricName: 'case.edited',
        value: 1,
        tags: { ...tags, agentId: `a${n % 100 === 0 ? i % 8 : n % 40}` },
      };
    case 3:
      return { metricName: 'case.resolved', value: 1, tags: of(Math.max(0, n - 500)) };
    case 4:
      return { metricName: 'call.offered', value: 1, tags: { queue: tags.queue, office: tags.office } };
    case 5:
      return {
        metricName: 'call.wait',
        value: (n * 7) % 240,
        tags: { queue: tags.queue, office: tags.office },
      };
    case 6:
      return {
        metricName: 'survey.sent',
        value: 1,
        tags: { surveyId: `soak-${n}`, office: tags.office, instrument: 'nps' },
      };
    default:
      return {
        metricName: 'survey.answered',
        value: n % 11,
        tags: { surveyId: `soak-${n}`, office: tags.office, instrument: 'nps' },
      };
  }
}

/** Sends so many events a second, in steps, for so long. Gives how many went. */
export async function send(server, perSecond, ms) {
  const begun = Date.now();
  let sent = 0;
  for (;;) {
    const elapsed = Math.min(ms, Date.now() - begun);
    const due = Math.floor((elapsed * perSecond) / 1000) - sent;
    if (due > 0) {
      const batch = Math.min(due, 5000);
      await post(
        server.url,
        Array.from({ length: batch }, (_, i) => event(sent + i)),
      );
      sent += batch;
    } else if (elapsed === ms) return sent;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
