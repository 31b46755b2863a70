// A board of two hundred panels with ten thousand points a chart, scrolled from top to bottom.
import { putLargeBoard, smoothness } from './frames.mjs';
import { openPage } from './lib.mjs';

export async function board({ server, browser }) {
  await putLargeBoard(server, 'range: 7d, step: 1m');
  const { page, context } = await openPage(browser, `${server.url}/boards/many`);
  await page.locator('.board-panel canvas').first().waitFor();
  await page.waitForTimeout(3000);
  const { fps, work, empty, idle } = await smoothness(page);
  await context.close();
  return [
    {
      what: '200 panels, 10,080 points a chart: frames a second while it scrolls',
      measured: `${fps.toFixed(1)} (an empty page ${empty.toFixed(1)}), ${work.toFixed(1)} ms of work a frame; the machine was idle ${(100 * idle).toFixed(0)} %`,
      target: '≥ 50, or ≤ 20 ms a frame where the machine was busy',
      met: fps >= 50 || (idle < 0.05 && work <= 20),
    },
  ];
}
